//! The Rust side of `metrics_vs_scipy.py`: reads the file of pairs that the variable `GRAF_PAIRS`
//! names and, for each line on standard input, prints Kendall's tau-b and the seconds it took.
//!
//! The file holds little-endian 64-bit floats, first all of one side, then all of the other.
//! Without the variable it does nothing.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench may fail loudly")]

use std::hint::black_box;
use std::time::Instant;

use graf::metrics::kendall_tau;

fn main() {
    let Some(path) = std::env::var_os("GRAF_PAIRS") else { return };
    let bytes = std::fs::read(path).unwrap();
    let numbers: Vec<f64> =
        bytes.as_chunks().0.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect();
    let (truth, prediction) = numbers.split_at(numbers.len() / 2);
    for line in std::io::stdin().lines() {
        line.unwrap();
        let start = Instant::now();
        let tau = kendall_tau(black_box(truth), black_box(prediction));
        println!("{tau} {}", start.elapsed().as_secs_f64());
    }
}
