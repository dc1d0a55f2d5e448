/* The elements of a Define-XML document as tables, and the struct they fill: what define_xml.c puts together. */
#ifndef EXCHANGE_DEFINE_SHAPE_H
#define EXCHANGE_DEFINE_SHAPE_H

#include "exchange/xml_shape.h"

typedef struct {
    Str id;
    StudyVariables items;
} DefineValueList;
STUDY_LIST(DefineValueList, DefineValueLists);

/* A document as its elements lie: data sets and value lists refer to items, which are defined once. */
typedef struct {
    StudyMetadata study;
    Str file_type, odm_version;
    Str standard_name, standard_version;     /* of version 2.0 */
    StudyVariables items;
    DefineValueLists value_lists;
} DefineDocument;

extern const Shape DEFINE_SHAPE;      /* of the element ODM: a DefineDocument */
extern const ShapeSpace DEFINE_SPACES[];
extern const size_t DEFINE_N_SPACES;

#endif
