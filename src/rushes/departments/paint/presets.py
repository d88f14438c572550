"""Recipes to start from, one for each kind of fix."""

from rushes.departments.paint.recipe import PaintRecipe

PRESETS = {
    preset.name: preset
    for preset in (
        PaintRecipe(name="cleanup"),
        PaintRecipe(name="beauty", emphasis=10.0, exposure_stops=0.5),
        PaintRecipe(name="relight", everywhere=True),
        PaintRecipe(name="deblur", everywhere=True),
        PaintRecipe(name="roto", widths="16,32,48", crop=128, emphasis=4.0, flips="sides", bend=0.15, carry=True),
        PaintRecipe(name="key", widths="24,48", emphasis=8.0, exposure_stops=0.1),
    )
}

SETTINGS: dict[str, float | bool] = {"strength": 1.0, "steady": True, "grain": True}
"""What can be switched or trimmed in a render, at its neutral value."""
