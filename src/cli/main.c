#include <stdio.h>

int main(void)
{
    puts("equipoise 0.1.0");
    return 0;
}
