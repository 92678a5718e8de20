//! Which values of the standard zero-cost proxies are better for the accuracy, as published.

use crate::metrics::Direction;

/// A column whose direction is published.
#[derive(Debug, Clone, Copy)]
pub struct Published {
    /// The name of the column.
    pub name: &'static str,
    /// Which of its values speak for a more accurate network.
    pub direction: Direction,
    /// Where this is published.
    pub source: &'static str,
}

const LIGHTWEIGHT: &str = "Abdelfattah et al., ICLR 2021, arXiv 2101.08134";
const SUITE_ZERO: &str = "Krishnakumar et al., NeurIPS 2022, arXiv 2210.03230";
const WITHOUT_TRAINING: &str = "Mellor et al., ICML 2021, arXiv 2006.04647";
const EFFICIENT: &str = "Ning et al., NeurIPS 2021, arXiv 2008.03064";

const fn greater(name: &'static str, source: &'static str) -> Published {
    Published { name, direction: Direction::Maximize, source }
}

/// The standard proxies under the names that dumps give them. Some rank certain spaces in reverse all the same
/// (`plain` on NAS-Bench-201, for example).
pub static PUBLISHED: [Published; 18] = [
    greater("analytic_flops", EFFICIENT),
    greater("analytic_params", EFFICIENT),
    greater("epe_nas", "Lopes et al., ICANN 2021, arXiv 2102.08099"),
    greater("fisher", LIGHTWEIGHT),
    greater("flops", EFFICIENT),
    greater("grad_norm", LIGHTWEIGHT),
    greater("grasp", LIGHTWEIGHT),
    greater("jacob_cov", LIGHTWEIGHT),
    greater("jacov", SUITE_ZERO),
    greater("l2_norm", SUITE_ZERO),
    greater("naswot", WITHOUT_TRAINING),
    greater("nwot", WITHOUT_TRAINING),
    greater("params", EFFICIENT),
    greater("plain", LIGHTWEIGHT),
    greater("snip", LIGHTWEIGHT),
    greater("synflow", LIGHTWEIGHT),
    greater("zen", "Lin et al., ICCV 2021, arXiv 2102.01063"),
    greater("zico", "Li et al., ICLR 2023, arXiv 2301.11300"),
];

/// The published direction of a column of that name, if there is one.
pub fn published(name: &str) -> Option<&'static Published> {
    PUBLISHED.iter().find(|one| one.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::PROXIES;

    #[test]
    fn the_proxies_of_the_suite_are_among_them() {
        assert!(PROXIES.iter().all(|name| published(name).is_some()));
        assert!(published("edgegpu_latency").is_none());
    }
}
