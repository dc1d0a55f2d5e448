# One task of a peer, timed by itself: prints the processor's seconds. Usage: Rscript exchange_peers.R TASK FILE
arguments <- commandArgs(trailingOnly = TRUE)
path <- arguments[2]

tasks <- list(
    "haven-read" = function() haven::read_xpt(path),
    "haven-write" = function() haven::write_xpt(table, path, version = 5),
    "fread" = function() data.table::fread(path, data.table = FALSE, nThread = 1),
    "jsonlite" = function() jsonlite::fromJSON(path),
    "readxl" = function() readxl::read_excel(path)
)
packages <- c("haven-read" = "haven", "haven-write" = "haven", "fread" = "data.table", "jsonlite" = "jsonlite", "readxl" = "readxl")
invisible(loadNamespace(packages[[arguments[1]]]))
if (arguments[1] == "haven-write") {
    table <- haven::read_xpt(path)
    path <- "/dev/null"
}
spent <- system.time(result <- tasks[[arguments[1]]]())
cat(spent[["user.self"]] + spent[["sys.self"]], "\n")
