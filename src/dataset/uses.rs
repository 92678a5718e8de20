//! Groups of columns that a person names.

use crate::features::{
    FAMILIES, Family, FeatureSet, PLUS, PLUS_FAMILIES, PLUS_PLUS, RECIPE, THEORY_FAMILIES, VIEWS,
    family_by_name, is_feature_name,
};

/// The zero-cost proxies of NAS-Bench-Suite-Zero.
pub const PROXIES: [&str; 13] = [
    "epe_nas",
    "fisher",
    "flops",
    "grad_norm",
    "grasp",
    "jacov",
    "l2_norm",
    "nwot",
    "params",
    "plain",
    "snip",
    "synflow",
    "zen",
];

/// The family that says all that is written in a cell.
pub(super) const ONE_HOT: &str = "one_hot";

/// The name of the features of a learning curve.
const CURVE: &str = "curve";

/// Whether a group is written as a learning curve.
fn is_curve(text: &str) -> bool {
    text.strip_prefix(CURVE).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '@']))
}

/// `curve`, `curve:acc`, `curve@12` or `curve:acc@12`.
fn curve(text: &str) -> Result<Use, String> {
    let rest = text.strip_prefix(CURVE).unwrap_or_default();
    let (name, until) = match rest.rsplit_once('@') {
        Some((name, until)) if !until.is_empty() => (name, Some(until)),
        _ => (rest, None),
    };
    let until = until.map(|until| until.parse::<u32>().ok().filter(|&epoch| epoch > 0));
    let prefix = name.strip_prefix(':');
    if prefix == Some("") || until == Some(None) {
        return Err(format!("`{text}` is not curve, curve:PREFIX or curve:PREFIX@EPOCH"));
    }
    Ok(Use::Curve(prefix.map(str::to_owned), until.flatten()))
}

/// A group of columns that predict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// The graph features: those in the table, or else computed from the networks.
    Graf,
    /// The features that predict best together ([`PLUS`]): those in the table, or else computed
    /// from the networks; in a table of graph features without networks, these.
    Plus,
    /// The same, and the zero-cost proxies in closed form of the spaces that have them ([`PLUS_PLUS`]).
    PlusPlus,
    /// Several sets of graph features, each of which describes networks in a way of its own: predictors that can do so
    /// weigh these against each other, others take the columns of all ([`VIEWS`]). Those in the table, or else computed
    /// from the networks; in a table of graph features without networks, these.
    Views,
    /// The zero-cost proxies.
    Proxies,
    /// One family of features: its columns in the table, or else computed from the networks.
    Family(&'static str),
    /// The learning curve whose columns begin so, up to an epoch; of `None` the only one, or that of the target.
    Curve(Option<String>, Option<u32>),
    /// The columns of the table that match; `*` stands for any text.
    Columns(String),
    /// The family of features of this name, as in other groups; else the column of the table, or if there is none,
    /// the feature that is called so.
    Named(String),
    /// The columns that rank the networks of the space without a label ([`recipe`](crate::features::recipe())); whether beside the prediction
    /// of a model.
    Recipe(bool),
}

impl std::fmt::Display for Use {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Use::Graf => out.write_str("graf"),
            Use::Plus => out.write_str(PLUS),
            Use::PlusPlus => out.write_str(PLUS_PLUS),
            Use::Views => out.write_str(VIEWS),
            Use::Proxies => out.write_str("proxies"),
            // As on the command line.
            Use::Family(name) => out.write_str(&name.replace('_', "-")),
            Use::Columns(pattern) => write!(out, "column:{pattern}"),
            Use::Curve(prefix, until) => {
                out.write_str(CURVE)?;
                let prefix = prefix.as_ref().map(|prefix| write!(out, ":{prefix}"));
                prefix.transpose()?;
                until.map_or(Ok(()), |until| write!(out, "@{until}"))
            }
            Use::Named(name) => out.write_str(name),
            Use::Recipe(_) => out.write_str(RECIPE),
        }
    }
}

impl std::str::FromStr for Use {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "graf" => Ok(Use::Graf),
            PLUS => Ok(Use::Plus),
            PLUS_PLUS => Ok(Use::PlusPlus),
            VIEWS => Ok(Use::Views),
            "proxies" => Ok(Use::Proxies),
            other if is_curve(other) => curve(other),
            other => match (other.strip_prefix("column:"), family_by_name(other)) {
                (Some(pattern), _) if !pattern.is_empty() => Ok(Use::Columns(pattern.to_owned())),
                (_, Some(family)) => Ok(Use::Family(family.name())),
                _ => {
                    let families = FAMILIES.map(Family::name).join(", ");
                    Err(format!(
                        "`{other}` is not graf, graf+, graf++, views, proxies, curve, column:NAME or a family of features ({families})"
                    ))
                }
            },
        }
    }
}

impl Use {
    /// Whether it means features and a column of a table has the name of one of them.
    pub(super) fn is_feature(&self, column: &str) -> bool {
        match self {
            Use::Graf => is_feature_name(column),
            Use::Family(name) => owns(name, column),
            Use::Plus => PLUS_FAMILIES.iter().any(|name| owns(name, column)),
            Use::PlusPlus => {
                let mut families = PLUS_FAMILIES.iter().chain(&THEORY_FAMILIES);
                families.any(|name| owns(name, column))
            }
            Use::Views => {
                let groups = [Use::PlusPlus, Use::Graf, Use::Family(ONE_HOT)];
                groups.iter().any(|group| group.is_feature(column))
            }
            Use::Proxies | Use::Columns(_) | Use::Curve(..) | Use::Named(_) | Use::Recipe(_) => {
                false
            }
        }
    }

    /// Those of the features chosen by name that it means. If there are none, it means all of its
    /// features.
    pub(super) fn named<'a>(&self, chosen: &'a [String]) -> Vec<&'a String> {
        match self {
            Use::Graf => chosen.iter().collect(),
            Use::Family(_) | Use::Plus | Use::PlusPlus | Use::Views => {
                chosen.iter().filter(|name| self.is_feature(name)).collect()
            }
            Use::Proxies | Use::Columns(_) | Use::Curve(..) | Use::Named(_) | Use::Recipe(_) => {
                Vec::new()
            }
        }
    }

    /// Whether it means features that are not in a table, so that its networks are needed. Some
    /// features are chosen by name, if any are.
    pub(super) fn needs_networks(
        &self,
        columns: &[String],
        chosen: &[String],
        has_networks: bool,
    ) -> bool {
        let named = self.named(chosen);
        if !named.is_empty() {
            return named.into_iter().any(|name| !columns.contains(name));
        }
        let has = |accepts: &dyn Fn(&str) -> bool| columns.iter().any(|column| accepts(column));
        match self {
            Use::Graf | Use::Family(_) => !has(&|column| self.is_feature(column)),
            // A table with costs alone does not have these: every space has the first of their families.
            Use::Plus | Use::PlusPlus | Use::Views => {
                !has(&|column| owns(PLUS_FAMILIES[0], column))
                    && (has_networks || !has(&is_feature_name))
            }
            Use::Named(name) => Meant::by(name, columns).computed_family().is_some(),
            Use::Recipe(_) => true,
            Use::Proxies | Use::Columns(_) | Use::Curve(..) => false,
        }
    }

    /// Whether it means features that are not in a table and whose columns are learned.
    pub(super) fn is_learned(
        &self,
        columns: &[String],
        chosen: &[String],
        features: &FeatureSet,
    ) -> bool {
        let is_learned = match self {
            Use::Graf => features.chosen().1,
            Use::Family(name) => family_by_name(name).is_some_and(Family::is_learned),
            Use::Plus
            | Use::PlusPlus
            | Use::Views
            | Use::Proxies
            | Use::Columns(_)
            | Use::Curve(..)
            | Use::Named(_)
            | Use::Recipe(_) => false,
        };
        is_learned && self.needs_networks(columns, chosen, true)
    }
}

/// What a name alone means, of a table with some columns.
pub(super) enum Meant {
    /// The column of the table at this place.
    Column(usize),
    /// The columns of a family, and whether they are computed: the table has none of them.
    Family(&'static dyn Family, bool),
    /// A feature of a family that the table does not have.
    Feature(&'static dyn Family),
    /// Neither.
    Nothing,
}

impl Meant {
    pub(super) fn by(name: &str, columns: &[String]) -> Self {
        if let Some(family) = family_by_name(name) {
            return Meant::Family(family, !columns.iter().any(|column| family.owns(column)));
        }
        if let Some(place) = columns.iter().position(|column| column == name) {
            return Meant::Column(place);
        }
        let owner = FAMILIES.into_iter().find(|family| family.owns(name));
        owner.map_or(Meant::Nothing, Meant::Feature)
    }

    /// The family that is to be computed, if one is.
    pub(super) fn computed_family(&self) -> Option<&'static dyn Family> {
        match self {
            Meant::Family(family, true) | Meant::Feature(family) => Some(*family),
            Meant::Family(_, false) | Meant::Column(_) | Meant::Nothing => None,
        }
    }
}

/// Whether a column has the name of one of a family's.
fn owns(family: &str, column: &str) -> bool {
    family_by_name(family).is_some_and(|family| family.owns(column))
}

/// Whether a column has the name of one of any family's.
pub(super) fn is_of_a_family(column: &str) -> bool {
    FAMILIES.into_iter().any(|family| family.owns(column))
}
