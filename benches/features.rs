//! Networks per second on one core: reading an encoding into a petgraph cell, and computing a row
//! of features from it. `cargo bench --bench features`; the sizes are in the ids.
#![allow(clippy::unwrap_used, missing_docs, reason = "a bench may fail loudly")]

#[path = "../tests/common/networks.rs"]
mod networks;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use graf::features::{FeatureConfig, FeatureSet, Names, PLUS};
use graf::space::{Architecture, SPACES, SearchSpace};
use ndarray::Array2;
use rand::SeedableRng;
use rand::rngs::StdRng;

/// Networks for each measurement; a matrix of them fits the cache of no machine for 301.
const NETWORKS: usize = 1000;

fn texts(space: &dyn SearchSpace) -> Vec<String> {
    let mut rng = StdRng::seed_from_u64(42);
    (0..NETWORKS).map(|_| networks::random(space.name(), &mut rng)).collect()
}

fn read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Elements(NETWORKS as u64));
    for space in SPACES {
        let texts = texts(space);
        group.bench_function(BenchmarkId::from_parameter(space.name()), |bencher| {
            bencher.iter(|| {
                for text in &texts {
                    black_box(space.read(black_box(text)).unwrap());
                }
            });
        });
    }
    group.finish();
}

fn compute(criterion: &mut Criterion) {
    let plus = Some(vec![PLUS.to_owned()]);
    for (name, config) in [
        ("compute", FeatureConfig::default()),
        (
            "compute-zc-combine",
            FeatureConfig { names: Names::ZcCombine, ..FeatureConfig::default() },
        ),
        ("compute-graf+", FeatureConfig { families: plus, ..FeatureConfig::default() }),
    ] {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(NETWORKS as u64));
        for space in SPACES {
            let Ok(features) = FeatureSet::new(space, &config) else { continue };
            let cells: Vec<Architecture> =
                texts(space).iter().map(|text| space.read(text).unwrap()).collect();
            let mut rows = Array2::zeros((NETWORKS, features.len()));
            let mut scratch = features.scratch();
            let id = BenchmarkId::new(space.name(), format!("{}-columns", features.len()));
            group.bench_function(id, |bencher| {
                bencher.iter(|| {
                    for (cell, mut row) in cells.iter().zip(rows.outer_iter_mut()) {
                        let row = row.as_slice_mut().unwrap();
                        features.compute(black_box(cell), &mut scratch, row).unwrap();
                    }
                    black_box(&rows);
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, read, compute);
criterion_main!(benches);
