"""The look of the show: swatches, light and palette learned from its own cleared frames, laid on the greybox."""
