"""Which word of a heading asks for which room; the last kind is for all others."""

from rushes.departments.previs.stage import default_public as public
from rushes.departments.previs.stage import default_rooms as rooms

ROOMS = (
    (("kitchen", "galley", "pantry"), rooms.kitchen),
    (
        (
            "living room",
            "lounge",
            "apartment",
            "flat",
            "house",
            "home",
            "parlour",
            "parlor",
            "den",
            "sitting room",
            "study",
            "cottage",
            "loft",
        ),
        rooms.living_room,
    ),
    (("bedroom", "motel room", "hotel room", "motel", "nursery", "bed"), rooms.bedroom),
    (("office", "police station", "precinct", "newsroom", "reception", "bank"), rooms.office),
    (("bar", "pub", "tavern", "saloon", "café", "cafe", "coffee shop", "nightclub", "club", "brewery"), public.barroom),
    (("restaurant", "diner", "canteen", "cafeteria", "dining room", "mess"), public.restaurant),
    (("classroom", "school", "lecture hall"), public.classroom),
    (("corridor", "hallway", "hall", "passage", "landing", "stairwell", "lobby", "tunnel"), rooms.corridor),
    (("hospital", "ward", "clinic", "infirmary", "surgery", "morgue"), rooms.ward),
    (("bathroom", "toilet", "washroom", "restroom", "shower"), rooms.bathroom),
    (
        ("warehouse", "garage", "workshop", "factory", "barn", "hangar", "lab", "laboratory", "boiler room"),
        public.warehouse,
    ),
    (("cell", "prison", "basement", "cellar", "interrogation room", "bunker", "attic"), rooms.cell),
    (
        ("church", "chapel", "courtroom", "court", "temple", "cathedral", "theatre", "theater", "ballroom"),
        public.church,
    ),
    (("shop", "store", "supermarket", "library", "bookshop", "pharmacy", "market"), public.shop),
    (("car", "taxi", "cab", "van", "truck", "vehicle", "limousine"), rooms.in_car),
    (("room",), rooms.plain_room),
)
