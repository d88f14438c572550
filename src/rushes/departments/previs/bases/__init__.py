"""A base that the studio has licensed, LoRAs on it, and control by our own passes.

What it makes is of another rights class than a model of the show's own material, and says so wherever it goes.
"""

import os

# read once by the hub's client when it is imported, which is after this line: nothing is ever fetched
os.environ["HF_HUB_OFFLINE"] = "1"
