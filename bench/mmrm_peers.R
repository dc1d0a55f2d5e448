# One peer's fit of one file, as bench-mmrm asks for it: Rscript mmrm_peers.R FILE PEER COVARIATES
# prints the seconds of the fit and the megabytes R had in use at most, or "absent".
args <- commandArgs(TRUE)
peer <- args[2]
package <- c(gls = "nlme", lmer = "lme4", glmmTMB = "glmmTMB")[[peer]]
if (!suppressWarnings(suppressMessages(requireNamespace(package, quietly = TRUE)))) {
    cat("absent\n")
    quit()
}
data <- read.csv(args[1], stringsAsFactors = TRUE)
data <- data[!is.na(data$FEV1), ]
data$USUBJID <- factor(data$USUBJID)
data$NUMBER <- as.integer(data$AVISIT)
fixed <- if (args[3] == "1") FEV1 ~ RACE + SEX + ARMCD * AVISIT else FEV1 ~ ARMCD * AVISIT
with_random <- function(random) as.formula(paste("FEV1 ~", as.character(fixed)[3], "+", random))
fit <- list(
    gls = function() nlme::gls(fixed, data, correlation = nlme::corSymm(form = ~ NUMBER | USUBJID),
                               weights = nlme::varIdent(form = ~ 1 | AVISIT), method = "REML"),
    lmer = function() lme4::lmer(with_random("(0 + AVISIT | USUBJID)"), data, REML = TRUE,
                                 control = lme4::lmerControl(check.nobs.vs.nRE = "ignore", check.conv.singular = "ignore")),
    glmmTMB = function() glmmTMB::glmmTMB(with_random("us(0 + AVISIT | USUBJID)"), data, REML = TRUE, dispformula = ~ 0)
)[[peer]]
invisible(gc(reset = TRUE))
before <- sum(gc()[, 2])
seconds <- system.time(suppressWarnings(suppressMessages(fit())))[["elapsed"]]
cat(sprintf("%.4f %.1f\n", seconds, sum(gc()[, 6]) - before))
