"""The backbones: each file is one model, complete, to be read beside its paper."""
