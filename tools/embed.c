/* Turns a file into a C source that defines it as a Str, so that the program carries its own styles:
 *     embed INPUT OUTPUT NAME
 * Built and run by the build itself, on the machine that builds. */
#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: embed INPUT OUTPUT NAME\n", stderr);
        return 2;
    }
    FILE *in = fopen(argv[1], "rb"), *out = fopen(argv[2], "wb");
    if (!in || !out) {
        perror(in ? argv[2] : argv[1]);
        return 1;
    }
    size_t n = 0;
    fputs("#include \"report/asset.h\"\n\nstatic const char bytes[] = {", out);
    for (int c; (c = getc(in)) != EOF; n++) fprintf(out, "%s%d,", n % 24 ? " " : "\n    ", (signed char)c);
    fprintf(out, "\n    0};\n\nconst Str %s = {bytes, %zu};\n", argv[3], n);
    if (ferror(in) || fclose(out) != 0) {
        perror(argv[2]);
        return 1;
    }
    return fclose(in) != 0;
}
