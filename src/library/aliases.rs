//! The other words of the field for registered names.

/// Another word for a registered name, and the name.
pub type Alias = (&'static str, &'static str);

/// Of predictors.
pub const PREDICTORS: [Alias; 4] =
    [("rf", "forest"), ("random-forest", "forest"), ("gbdt", "boost"), ("gaussian-process", "gp")];

/// Of search spaces.
pub const SPACES: [Alias; 6] = [
    ("nb101", "nasbench101"),
    ("nb201", "nasbench201"),
    ("nb301", "nasbench301"),
    ("darts", "nasbench301"),
    ("tnb101-micro", "transbench101-micro"),
    ("tnb101-macro", "transbench101-macro"),
];

/// Of families of features.
pub const FAMILIES: [Alias; 1] = [("onehot", "one_hot")];

/// Of metrics. The last three are what SciPy calls them.
pub const METRICS: [Alias; 6] = [
    ("tau", "kendall_tau"),
    ("kendall", "kendall_tau"),
    ("kendall-tau", "kendall_tau"),
    ("kendalltau", "kendall_tau"),
    ("spearmanr", "spearman"),
    ("pearsonr", "pearson"),
];

/// The registered name that a word stands for, or the word itself.
pub fn canonical<'a>(word: &'a str, aliases: &[Alias]) -> &'a str {
    aliases.iter().find(|(alias, _)| *alias == word).map_or(word, |(_, name)| name)
}
