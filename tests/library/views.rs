//! Views: the sets of features of which `auto` uses those that predict held-out rows best.

use graf::metrics::kendall_tau;
use graf::prelude::*;

/// Networks of NAS-Bench-201, drawn without order, and the sum of a number for each operation on each edge, whether a path
/// reaches it or not.
fn counted(rows: usize, seed: usize) -> (Vec<Architecture>, Vec<f64>) {
    let space = Space::named("nasbench201").unwrap();
    let ids = |row: usize| {
        let mut number = (row + seed) * 7919 % 15_625;
        [(); 6].map(|()| {
            let id = number % 5;
            number /= 5;
            id
        })
    };
    let encodings: Vec<String> = (0..rows)
        .map(|row| format!("({})", ids(row).map(|id| id.to_string()).join(", ")))
        .collect();
    let worth = |(edge, id): (usize, usize)| ((edge * 5 + id) * 37 % 31) as f64;
    let sum = |row| ids(row).into_iter().enumerate().map(worth).sum();
    (space.parse_all(&encodings).unwrap(), (0..rows).map(sum).collect())
}

fn fitted(
    uses: Option<Vec<Use>>,
    rows: usize,
    target: impl Fn(&Architecture, f64) -> f64,
) -> Model {
    let space = Space::named("nasbench201").unwrap();
    let (networks, counts) = counted(rows, 0);
    let targets: Vec<f64> =
        networks.iter().zip(&counts).map(|(network, &count)| target(network, count)).collect();
    let builder = Model::builder(space).unwrap().objective("target", Direction::Maximize);
    let builder = match uses {
        Some(uses) => builder.features(uses),
        None => builder,
    };
    builder.fit(&networks, &targets).unwrap()
}

fn has(model: &Model, stem: &str) -> bool {
    model.header.columns.iter().any(|column| column.starts_with(stem))
}

/// A target that depends on operations that no path reaches.
#[test]
fn what_lies_off_the_paths_is_seen_by_another_view() {
    let model = fitted(None, 100, |_, count| count);
    assert!(
        has(&model, "op_count(nor_conv_3x3)") && !has(&model, "path_stats"),
        "{:?}",
        model.header.columns
    );
    let (networks, counts) = counted(400, 500);
    let tau =
        |model: &Model| kendall_tau(&counts, &model.predict(&networks).unwrap().mean.to_vec());
    let live = fitted(Some(vec![Use::Plus]), 100, |_, count| count);
    assert!(
        tau(&model) > 0.95 && tau(&live) < tau(&model) - 0.05,
        "{} {}",
        tau(&model),
        tau(&live)
    );
    // The file keeps which columns each member sees.
    let mut bytes = Vec::new();
    model.write(&mut bytes).unwrap();
    let loaded = Model::read_from(&bytes[..]).unwrap();
    assert_eq!(loaded.predict(&networks).unwrap(), model.predict(&networks).unwrap());
    let why = model.explain(&networks[..20], "target").unwrap().contributions;
    let predicted = model.predict(&networks[..20]).unwrap().mean;
    for (sum, predicted) in why.predictions().iter().zip(&predicted) {
        assert!((sum - predicted).abs() < 1e-9, "{sum} {predicted}");
    }
}

/// A target of live paths alone: the model is that of `graf++`.
#[test]
fn what_lies_on_the_paths_needs_no_other_view() {
    let space = Space::named("nasbench201").unwrap();
    let features = Features::of(space, &["path_stats"]).unwrap();
    let length = |network: &Architecture, _| {
        features.compute(std::slice::from_ref(network)).unwrap().values[[0, 3]]
    };
    let model = fitted(None, 100, length);
    let plus = fitted(Some(vec![Use::PlusPlus]), 100, length);
    assert_eq!(model.header.columns, plus.header.columns);
    assert_eq!(model.header.features, plus.header.features);
}
