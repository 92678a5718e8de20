//! Features chosen by name: against all features of the same networks, and what is refused.

use crate::networks::random;
use graf::features::{FeatureConfig, FeatureSet, Names};
use graf::space::{self, Architecture, SPACES, SearchSpace};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

fn some(space: &'static dyn SearchSpace, random_numbers: &mut StdRng) -> Vec<Architecture> {
    (0..20).map(|_| space.read(&random(space.name(), random_numbers)).unwrap()).collect()
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().copied().map(str::to_owned).collect()
}

#[test]
fn chosen_columns_are_those_of_all_features() {
    let mut rng = StdRng::seed_from_u64(1);
    for space in SPACES {
        for names in [Names::Readable, Names::ZcCombine] {
            let config = FeatureConfig { names, ..FeatureConfig::default() };
            let Ok(all) = FeatureSet::new(space, &config) else { continue };
            let networks = some(space, &mut rng);
            let full = all.matrix(&networks).unwrap();
            for _ in 0..8 {
                let mut places: Vec<usize> = (0..all.len()).collect();
                places.shuffle(&mut rng);
                places.truncate(rng.gen_range(1..=all.len().min(40)));
                let columns = places.iter().map(|&place| all.names()[place].clone()).collect();
                let config = FeatureConfig { columns: Some(columns), ..config.clone() };
                let set = FeatureSet::new(space, &config).unwrap();
                assert_eq!(Some(set.names()), config.columns.as_deref());
                let few = set.matrix(&networks).unwrap();
                assert_eq!(few, full.select(ndarray::Axis(1), &places), "{}", space.name());
            }
        }
    }
}

#[test]
fn scratch_of_another_set_is_fine() {
    let space = space::by_name("nasbench101").unwrap();
    let config = |columns: &[&str]| FeatureConfig {
        columns: Some(owned(columns)),
        ..FeatureConfig::default()
    };
    let wide = FeatureSet::new(space, &FeatureConfig::default()).unwrap();
    let one = FeatureSet::new(space, &config(&["op_count(conv3x3-bn-relu)"])).unwrap();
    let network = space.read("(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 4, 1)").unwrap();
    let mut scratch = wide.scratch();
    for _ in 0..2 {
        wide.compute(&network, &mut scratch, &mut vec![0.0; wide.len()]).unwrap();
        let mut row = [9.0];
        one.compute(&network, &mut scratch, &mut row).unwrap();
        assert_eq!(row.map(f64::to_bits), [1.0_f64.to_bits()]);
        assert!(one.compute(&network, &mut scratch, &mut [0.0; 2]).is_err());
    }
}

#[test]
fn families_in_addition_are_whole() {
    let space = space::by_name("nasbench201").unwrap();
    let config = FeatureConfig {
        also: owned(&["adjacency", "node_degree"]),
        columns: Some(owned(&["op_count(none)"])),
        ..FeatureConfig::default()
    };
    let set = FeatureSet::new(space, &config).unwrap();
    assert_eq!(set.len(), 1 + 6 + 93);
    assert_eq!(set.names()[..2], ["op_count(none)", "adjacency(edge_0_1)"]);
    let row = set.matrix(&[space.read("(2, 0, 1, 4, 1, 3)").unwrap()]).unwrap();
    assert_eq!(row.row(0).to_vec()[..7], [2.0, 2.0, 0.0, 1.0, 4.0, 1.0, 3.0]);
    // One of the chosen families is not in addition.
    let config = FeatureConfig { also: owned(&["op_count"]), ..config };
    assert_eq!(FeatureSet::new(space, &config).unwrap().names(), ["op_count(none)"]);
}

#[test]
fn what_cannot_be_chosen_is_refused() {
    let space = space::by_name("nasbench201").unwrap();
    let error = |text: &str| {
        let config = FeatureConfig::parse(text, true).unwrap();
        FeatureSet::new(space, &config).unwrap_err().to_string()
    };
    assert_eq!(
        error("columns = ['op_count(none)', 'op_count(nor_conv_3x4)']"),
        "`columns` names `op_count(nor_conv_3x4)`, which is not among the 160 columns of the chosen \
         families for nasbench201; the nearest are op_count(nor_conv_3x3), op_count(nor_conv_1x1), \
         op_count(avg_pool_3x3)"
    );
    let of_no_family = error("columns = ['no_degree(none).mean']");
    assert!(of_no_family.contains("the nearest are node_degree(none).mean,"), "{of_no_family}");
    let other_family = error("families = ['op_count']\ncolumns = ['min_path_len(none)']");
    assert!(other_family.contains("not among the 5 columns"), "{other_family}");
    let other_names = error("names = 'zc-combine'\ncolumns = ['op_count(none)']");
    assert!(other_names.contains("op_count_"), "{other_names}");
    let learned = error("families = ['wl']\ncolumns = ['wl(input)']");
    assert!(learned.contains("learned from networks"), "{learned}");
    assert!(error("families = ['degrees']\ncolumns = ['x']").contains("unknown feature family"));
    let empty = FeatureConfig { columns: Some(Vec::new()), ..FeatureConfig::default() };
    assert!(FeatureSet::new(space, &empty).unwrap_err().to_string().contains("empty"));
}
