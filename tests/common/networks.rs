//! Random networks of every search space, by seed.

use rand::Rng;
use rand::rngs::StdRng;

/// A random valid network, in the first encoding of its space.
///
/// # Panics
///
/// If it does not know the space.
pub fn random(space: &str, rng: &mut StdRng) -> String {
    match space {
        "nasbench101" => nasbench101(rng),
        "nasbench201" => tuple(&ids(rng, 6, 0..5)),
        "nasbench301" => format!("({}, {})", darts_cell(rng), darts_cell(rng)),
        "transbench101-micro" => tuple(&ids(rng, 6, 0..4)),
        "transbench101-macro" => {
            let stages = rng.gen_range(4..=6);
            tuple(&ids(rng, stages, 1..5))
        }
        "nasbench-graph" => {
            let ops = ["gat", "gcn", "gin", "cheb", "sage", "arma", "graph", "fc", "skip"];
            let links: String = (0..4).map(|node| rng.gen_range(0..=node).to_string()).collect();
            let ops: Vec<_> = (0..4).map(|_| ops[rng.gen_range(0..ops.len())]).collect();
            format!("{links}:{}", ops.join("|"))
        }
        other => panic!("no generator for {other}"),
    }
}

fn ids(rng: &mut StdRng, count: usize, range: std::ops::Range<usize>) -> Vec<usize> {
    (0..count).map(|_| rng.gen_range(range.clone())).collect()
}

fn tuple(ids: &[usize]) -> String {
    let ids: Vec<_> = ids.iter().map(usize::to_string).collect();
    format!("({})", ids.join(", "))
}

fn darts_cell(rng: &mut StdRng) -> String {
    let mut pairs = Vec::new();
    for node in 2..6 {
        let first = rng.gen_range(0..node);
        let second = (first + rng.gen_range(1..node)) % node;
        for source in [first, second] {
            pairs.push(format!("({source}, {})", rng.gen_range(0..7)));
        }
    }
    format!("({})", pairs.join(", "))
}

/// Upper triangular matrices are drawn until one is a valid cell.
fn nasbench101(rng: &mut StdRng) -> String {
    let space = graf::space::by_name("nasbench101").unwrap();
    loop {
        let n = rng.gen_range(2..=7);
        let density = rng.gen_range(0.2..0.8);
        let mut numbers = Vec::new();
        for from in 0..n {
            for to in 0..n {
                numbers.push(usize::from(from < to && rng.gen_bool(density)));
            }
        }
        numbers.push(0);
        numbers.extend(ids(rng, n - 2, 2..5));
        numbers.push(1);
        let text = tuple(&numbers);
        if space.read(&text).is_ok() {
            return text;
        }
    }
}
