"""Final Draft's breakdown tags in the categories of our sheet."""

import re

from rushes.departments.previs.breakdown.items import Category

# the categories of Final Draft's Tagger; those not named here (Notes, Security …) are no item of a sheet
SAID = {
    Category.SPEAKING: "castmembers cast castmember characters character",
    Category.EXTRAS: "backgroundactors background extras atmosphere",
    Category.STUNTS: "stunts stunt",
    Category.VEHICLES: "vehicles vehicle picturecars vehiclesanimals",
    Category.ANIMALS: "animals animal livestock animalwrangler",
    Category.PROPS: "props prop weapons handprops",
    Category.DRESSING: "setdressing artdepartment greenery set",
    Category.WARDROBE: "wardrobe costume costumes",
    Category.MAKEUP: "makeuphair makeup hair makeupandhair",
    Category.EFFECTS: "specialeffects mechanicaleffects sfx weather",
    Category.VISUAL: "visualeffects vfx cgi opticaleffects",
    Category.SOUND: "music sound soundeffects soundmusic soundandmusic",
    Category.EQUIPMENT: "specialequipment camera equipment",
}
TAGGED = {name: category for category, names in SAID.items() for name in names.split()}


def tagged_category(name: str) -> Category | None:
    """Return the category of our sheet for one of Final Draft, whose name a show may have changed a little.

    >>> [tagged_category(name) for name in ("Makeup/Hair", "PROPS", "Notes")]
    [<Category.MAKEUP: 'make-up and hair'>, <Category.PROPS: 'props'>, None]
    """
    return TAGGED.get(re.sub(r"[^a-z]", "", name.lower()))
