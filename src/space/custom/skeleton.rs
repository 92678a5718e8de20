//! The network around the cells of a described space.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::kinds::{KindKeys, KindName};
use crate::space::{Block, ImageSkeleton, Layer, Shape, Side, Stage, Step, Width, Wiring};

/// How networks are built, as a file says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkeletonKeys {
    /// The channels of an image, and its side in pixels.
    pub image: (u16, u16),
    /// The layers before the first stage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stem: Vec<KindKeys>,
    /// The stages, in order; none if the operations say what they do to the shape.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<StageKeys>,
    /// The layers after the last stage, before the mean over all pixels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub head: Vec<KindKeys>,
    /// The channels of 1×1 convolutions behind that mean.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<u16>,
    /// The classes that a linear layer leads to.
    pub classes: u32,
}

/// Cells, or layers of a chain, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageKeys {
    /// The channels of its output.
    pub channels: u16,
    /// What the side is divided by, in the first of them.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub stride: u8,
    /// How many cells or layers there are.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub repeat: u8,
    /// Which of the cells, from 0.
    #[serde(default, skip_serializing_if = "is_first")]
    pub cell: u8,
}

fn one() -> u8 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_one(number: &u8) -> bool {
    *number == 1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_first(number: &u8) -> bool {
    *number == 0
}

/// The most layers of a stem or a head, and the most stages.
const MOST: usize = 256;

/// The most cells, or layers of a chain, of all stages.
const MOST_CELLS: usize = 1024;

impl SkeletonKeys {
    /// What is wrong with it for a space with so many layers in a chain (`None` if cells are no chains) and so many
    /// kinds of cells: the key and the reason.
    pub(super) fn fault(
        &self,
        layers: Option<usize>,
        cells: usize,
    ) -> Option<(&'static str, String)> {
        if self.image.0 == 0 || self.image.1 == 0 || self.classes == 0 {
            let reason = "an image has channels and a side, and there is a class; choose 1 or more";
            return Some(("skeleton", reason.to_owned()));
        }
        if [self.stem.len(), self.head.len(), self.hidden.len(), self.stages.len()]
            .into_iter()
            .any(|n| n > MOST)
        {
            return Some(("skeleton", format!("more than {MOST} layers or stages")));
        }
        for (key, list) in [("skeleton.stem", &self.stem), ("skeleton.head", &self.head)] {
            let fault = list.iter().find_map(KindKeys::fault);
            if let Some(reason) = fault {
                return Some((key, reason));
            }
            if list.iter().any(|layer| layer.kind == KindName::Graph) {
                return Some((key, "a network of images has no graph layers".to_owned()));
            }
        }
        let bounds = |stage: &StageKeys| {
            stage.channels > 0
                && (1..=8).contains(&stage.stride)
                && stage.repeat > 0
                && usize::from(stage.cell) < cells
        };
        if !self.stages.iter().all(bounds) {
            let reason = format!(
                "a stage has channels of at least 1, a stride of 1 to 8, a repeat of at least 1 and a cell of 0 to {}",
                cells - 1
            );
            return Some(("skeleton.stages", reason));
        }
        let total: usize = self.stages.iter().map(|stage| usize::from(stage.repeat)).sum();
        if total > MOST_CELLS {
            return Some((
                "skeleton.stages",
                format!("{total} cells or layers; repeat at most {MOST_CELLS}"),
            ));
        }
        match layers {
            None if self.stages.is_empty() => {
                Some(("skeleton.stages", "cells stand in stages; write at least one".to_owned()))
            }
            Some(layers) if total != layers && !self.stages.is_empty() => {
                let reason = format!("the stages repeat {total} layers; the chain has {layers}");
                Some(("skeleton.stages", reason))
            }
            _ => None,
        }
    }

    /// The skeleton of a space whose operations do this.
    pub(super) fn build(&self, operations: &[KindKeys], wiring: Wiring) -> ImageSkeleton {
        let image = Shape { channels: self.image.0.into(), side: self.image.1.into() };
        let stage = |stage: &StageKeys| Stage {
            channels: stage.channels.into(),
            stride: stage.stride.into(),
            cells: stage.repeat.into(),
            cell: stage.cell.into(),
        };
        let mut stages: Vec<_> = self.stages.iter().map(stage).collect();
        if wiring == Wiring::Chain {
            // A layer each.
            let layers = stages.iter().flat_map(|stage| {
                let first = Stage { cells: 1, ..*stage };
                let others = std::iter::repeat_n(
                    Stage { stride: 1, ..first },
                    usize::try_from(stage.cells).unwrap_or(1) - 1,
                );
                std::iter::once(first).chain(others)
            });
            stages = layers.collect();
        }
        let mut channels = image.channels;
        let stem = flat(&self.stem, &mut channels);
        channels = stages.last().map_or(channels, |stage| stage.channels);
        let mut head = flat(&self.head, &mut channels);
        head.push(Layer::GlobalPool);
        head.extend(
            self.hidden.iter().map(|&wide| Layer::Conv(1, Width::Exactly(wide.into()), Side::Same)),
        );
        head.push(Layer::Linear(self.classes.into()));
        ImageSkeleton {
            image,
            stem: Cow::Owned(stem),
            stages: Cow::Owned(stages),
            between: Block::new(&[]),
            wiring,
            operations: operations.iter().map(KindKeys::blocks).collect(),
            steps: operations.iter().map(step).collect(),
            head: Cow::Owned(head),
        }
    }
}

/// What an operation does to the shape besides its stage.
fn step(keys: &KindKeys) -> Step {
    Step { stride: keys.stride.into(), channels: keys.channels.map(u64::from) }
}

/// Layers one after the other, with their channels and strides written out.
fn flat(layers: &[KindKeys], channels: &mut u64) -> Vec<Layer> {
    let mut all = Vec::new();
    for keys in layers {
        let out = keys.channels.map_or(*channels, u64::from);
        let mut side = Side::Over(keys.stride.into());
        let mut at = |place: Side| match place {
            Side::Out => std::mem::replace(&mut side, Side::Same),
            other => other,
        };
        for block in keys.blocks().iter() {
            let wide = |width: Width| match width {
                Width::Out => out,
                Width::Exactly(channels) => channels,
                Width::Times(times) => times * *channels,
            };
            all.extend(block.path.iter().map(|layer| match *layer {
                Layer::Conv(kernel, width, place) => {
                    Layer::Conv(kernel, Width::Exactly(wide(width)), at(place))
                }
                Layer::Depthwise(kernel, place) => Layer::Depthwise(kernel, at(place)),
                Layer::Pool(kernel, place) => Layer::Pool(kernel, at(place)),
                Layer::MaxPool(kernel, place) => Layer::MaxPool(kernel, at(place)),
                other => other,
            }));
            *channels = out;
        }
    }
    all
}
