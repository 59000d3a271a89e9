# Writes the larger tables of the regret benchmark into bench/regret/data/: run from the root of the checkout.
#   apt-get install r-base-core r-cran-mlbench r-cran-ggplot2
#   Rscript bench/regret/make-tables.R
# Letter recognition: Frey and Slate (1991), UCI, 20,000 letters, 16 measures. Diamonds: 53,940 stones, 9 columns and the price.
# Satellite: Statlog (Landsat), UCI, 6,435 neighbourhoods of 9 pixels in 4 bands, 6 kinds of soil.
library(mlbench)
folder <- "bench/regret/data"
dir.create(folder, showWarnings = FALSE)
write <- function(table, name)
  write.csv(table, file.path(folder, name), row.names = FALSE, quote = FALSE)
data(LetterRecognition)
write(LetterRecognition, "letters.csv")
write(ggplot2::diamonds, "diamonds.csv")
data(Satellite)
write(Satellite, "satellite.csv")
