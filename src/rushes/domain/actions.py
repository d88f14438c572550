"""The words for what may be done with material: those of the CAWG Training and Data Mining assertion 1.1."""

TRAINING = "cawg.ai_training"
"""Teach a model that generates nothing of its own: a grade, a matte."""

GENERATIVE_TRAINING = "cawg.ai_generative_training"
"""Teach a model that makes new pixels."""

INFERENCE = "cawg.ai_inference"
"""Put the material through a model."""

DATA_MINING = "cawg.data_mining"
"""Count, search and measure it."""

ACTION_WORDS = {
    TRAINING: "teaching a model that makes no pictures of its own",
    GENERATIVE_TRAINING: "teaching a model that makes new pictures",
    INFERENCE: "being put through a model",
    DATA_MINING: "being counted, searched and measured",
}
"""What each means, for people who do not know these words."""

ACTIONS = (TRAINING, GENERATIVE_TRAINING, INFERENCE, DATA_MINING)
