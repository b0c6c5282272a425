"""The reference's trainer on a network and batches of ours, so that its own loop can be watched."""

import tempfile
from types import SimpleNamespace

import torch
from torch import nn
from ultralytics.engine.trainer import BaseTrainer


class Speck(nn.Module):
    """The least network that has a weight, a scale and a bias, for runs in which only the schedule counts."""

    def __init__(self):
        super().__init__()
        self.part = nn.Sequential(nn.Conv2d(3, 1, 1), nn.BatchNorm2d(1))
        self.stride, self.criterion = torch.tensor([32.0]), None

    def forward(self, batch):
        loss = self.part(batch["img"]).square().mean()
        return loss, {"loss": loss.detach()}


class Batches:
    """A loader of `count` equal batches that says how many images there would be."""

    num_workers, drop_last = 0, False

    def __init__(self, count, batch):
        self.count, self.batch_size = count, batch
        self.dataset = Images(count * batch)
        self.sampler = self.dataset

    def __len__(self):
        return self.count

    def __iter__(self):
        return iter([{"img": torch.ones(2, 3, 2, 2)} for _ in range(self.count)])

    def reset(self):
        """The reference starts its loader over after it has closed the mosaic."""


class Images:
    """A dataset without images that remembers whether the mosaic was closed."""

    def __init__(self, count):
        self.count, self.is_closed = count, False

    def __len__(self):
        return self.count

    def close_mosaic(self, hyp):
        self.is_closed = True


class WatchedTrainer(BaseTrainer):
    """A trainer that computes by the reference's methods and notes what they decide.

    - options: options of the reference.
    - batches: how many batches an epoch has.
    - model: the network; Speck where it is left out.
    - fitnesses: what validation finds in each epoch, None for no validation; the run ends after the last.
    """

    def __init__(self, options, batches=1, model=None, fitnesses=None, classes=2):
        self.batches, self.given, self.fitnesses, self.classes = batches, model, fitnesses, classes
        self.iterations, self.epochs_seen = [], []
        self.steps, self.estimate = False, None
        self.scratch = tempfile.TemporaryDirectory()
        common = dict(
            model="none", data="none", device="cpu", amp=False, plots=False, save=False, workers=0,
            project=self.scratch.name, exist_ok=True,
        )
        super().__init__(overrides={**common, **options})
        self.add_callback("on_train_batch_end", lambda _: self.note_iteration())
        self.add_callback("on_fit_epoch_end", lambda _: self.note_epoch())

    # What a trainer of a task supplies.

    def get_dataset(self):
        return {"train": "none", "val": "none", "nc": self.classes, "names": dict(enumerate("ab"))}

    def get_model(self, cfg=None, weights=None, verbose=True):
        return self.given or Speck()

    def get_dataloader(self, dataset_path, batch_size=16, rank=0, mode="train"):
        return Batches(self.batches, batch_size)

    def get_validator(self):
        return SimpleNamespace(metrics=SimpleNamespace(keys=[]))

    def final_eval(self):
        """No weights were kept that could be validated."""

    # What is watched.

    def validate(self):
        planned = self.fitnesses[self.epoch] if self.fitnesses else 0.0
        if planned is None:
            return self.metrics, None
        self.validator = lambda trainer: {"fitness": planned}
        return super().validate()

    def build_optimizer(self, model, iterations=0, **others):
        self.estimate = iterations
        return super().build_optimizer(model, iterations=iterations, **others)

    def optimizer_step(self):
        super().optimizer_step()
        self.steps = True

    def groups(self):
        """The optimizer's parameter groups by their role."""
        return {group["param_group"]: group for group in self.optimizer.param_groups}

    def note_iteration(self):
        groups = self.groups()
        rates = {f"lr_{role}": groups[role]["lr"] for role in ["weight", "bn", "bias"]}
        self.iterations.append(
            {
                **rates, "momentum": groups["weight"].get("momentum"),
                "accumulate": self.accumulate, "optimizer_step": self.steps,
            }
        )
        self.steps = False

    def note_epoch(self):
        self.epochs_seen.append(
            {
                "stop": self.stop, "possible_stop": self.stopper.possible_stop,
                "best_epoch": self.stopper.best_epoch, "stopper_best": self.stopper.best_fitness,
                "writes_best_pt": self.best.exists(), "is_closed": self.train_loader.dataset.is_closed,
            }
        )
        self.best.unlink(missing_ok=True)
        if self.fitnesses and self.epoch + 1 == len(self.fitnesses):
            self.stop = True


def prepared(options, **others):
    """A trainer right before its first epoch."""
    trainer = WatchedTrainer(options, **others)
    trainer._setup_train()
    return trainer


def trained(options, **others):
    """A trainer after its last epoch."""
    trainer = WatchedTrainer(options, **others)
    trainer.train()
    return trainer


