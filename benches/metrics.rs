//! Kendall's tau-b on one core: `cargo bench --bench metrics`. The numbers of rows are in the ids;
//! `ties` rounds both sides to two decimals.
#![allow(missing_docs, reason = "a bench")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use graf::metrics::kendall_tau;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Truths, and predictions that follow them with as much noise again.
fn pairs(rows: usize, ties: bool) -> (Vec<f64>, Vec<f64>) {
    let mut rng = StdRng::seed_from_u64(42);
    // The sum of twelve uniform numbers is close to normal.
    let mut normal = || (0..12).map(|_| rng.r#gen::<f64>()).sum::<f64>() - 6.0;
    let round = |value: f64| if ties { (100.0 * value).round() / 100.0 } else { value };
    (0..rows)
        .map(|_| {
            let (truth, noise) = (normal(), normal());
            (round(truth), round(truth + noise))
        })
        .unzip()
}

fn tau(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("kendall_tau");
    for rows in [1_000, 1_000_000] {
        group.throughput(Throughput::Elements(rows as u64));
        group.sample_size(if rows > 100_000 { 20 } else { 100 });
        for (name, ties) in [("distinct", false), ("ties", true)] {
            let (truth, prediction) = pairs(rows, ties);
            group.bench_function(BenchmarkId::new(name, rows), |bencher| {
                bencher.iter(|| kendall_tau(black_box(&truth), black_box(&prediction)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, tau);
criterion_main!(benches);
