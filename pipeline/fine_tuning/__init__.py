"""From a recipe to a model: its data, the training itself, and the card that tells of it."""
