#include "cli/data_file.h"

#include "exchange/csv.h"
#include "exchange/xpt.h"

bool data_file_read(Arena *arena, Str path, Frame **frame, Error *err)
{
    const CsvOptions options = {.missing_text = STR("NA")};
    return str_ends(str_lower(arena, path), STR(".xpt")) ? xpt_read_frame(arena, path, STR(""), frame, err)
                                                         : csv_read_frame(arena, path, &options, frame, err);
}
