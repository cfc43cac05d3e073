"""Hugging Face datasets loads the folder with its splits."""

import os
import sys

os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"
import datasets

folder = sys.argv[1]
os.environ["HF_HOME"] = os.path.join(folder, "home")
loaded = datasets.load_dataset(os.path.join(folder, "hub"), cache_dir=os.path.join(folder, "home", "cache"))
assert set(loaded) == {"train", "test"}, loaded
assert sum(len(split) for split in loaded.values()) == 40
train, test = ({row["case"] for row in loaded[name]} for name in ("train", "test"))
assert not train & test, "no case is in two splits"
features = loaded["train"].features
assert features["tokens_in"].dtype == "int64" and features["decided_at"].dtype == "timestamp[ms, tz=UTC]"
assert "tone" in features["scores"], features["scores"]
from huggingface_hub import DatasetCard

card = DatasetCard.load(os.path.join(folder, "hub", "README.md"))
assert card.data.license == "cc-by-4.0" and card.data.pretty_name == "Replies to customers"
print(f"{ {name: len(split) for name, split in loaded.items()} }: datasets {datasets.__version__}")
