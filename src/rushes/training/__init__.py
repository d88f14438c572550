"""What every department's training stands on: a workbench with progress and checkpoints, and weights as safetensors."""
