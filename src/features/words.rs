//! What the value of a column says of a network, in words.
//!
//! A function for each family, keyed by its name; [`statement`] finds the one that owns a column.

use super::{FAMILIES, Family};

/// The words of a family: what a value of a column says.
type Words = fn(&Name, f64) -> Option<String>;

/// A function for each family.
const WORDS: [(&str, Words); 23] = [
    ("op_count", op_count),
    ("min_path_len", min_path_len),
    ("max_op_on_path", max_op_on_path),
    ("node_degree", node_degree),
    ("stages", stages),
    ("prefix_count", prefix_count),
    ("one_hot", one_hot),
    ("adjacency", adjacency),
    ("path", path),
    ("wl", wl),
    ("path_stats", path_stats),
    ("random_walk", random_walk),
    ("position", position),
    ("succession", succession),
    ("signal", signal),
    ("shared", path_stats),
    ("value", described_value),
    ("flops", cost),
    ("params", cost),
    ("bytes", cost),
    ("roofline", cost),
    ("mean_field", mean_field),
    ("closed_form", closed_form),
];

/// What a value of a column says of a network, such as `no path consists of skip_connect only`. A column of a cell of two
/// has the cell before it; a column of no family, or under a name of `zc_combine`, is named with its value.
pub fn statement(column: &str, value: f64) -> String {
    let cells = [("normal.", "normal cell: "), ("reduce.", "reduction cell: ")];
    let cell =
        cells.into_iter().find_map(|(prefix, words)| Some((column.strip_prefix(prefix)?, words)));
    let (rest, cell) = cell.unwrap_or((column, ""));
    let family = FAMILIES.into_iter().find(|family| family.owns(column)).map(Family::name);
    let words = WORDS.iter().find(|(name, _)| Some(*name) == family);
    let said = words.and_then(|(_, words)| words(&Name::of(rest), value));
    let said = said.unwrap_or_else(|| format!("{rest} is {}", number(value)));
    format!("{cell}{said}")
}

/// A name of the form `stem(of).part`.
struct Name<'a> {
    stem: &'a str,
    of: &'a str,
    part: &'a str,
}

impl<'a> Name<'a> {
    fn of(column: &'a str) -> Self {
        let (stem, rest) = column.split_once('(').unwrap_or((column, ""));
        let (of, part) = rest.rsplit_once(')').unwrap_or((rest, ""));
        Name { stem, of, part: part.trim_start_matches('.') }
    }

    /// The operations that it is about, any of which counts: `a`, `a or b`, `a, b or c`.
    fn ops(&self) -> String {
        self.joined("or")
    }

    /// The operations that it is about, all of which may be there: `a`, `a and b`, `a, b and c`.
    fn all_ops(&self) -> String {
        self.joined("and")
    }

    fn joined(&self, word: &str) -> String {
        let words = |of: &str| match of {
            "parametric" => "operations with weights".to_owned(),
            "pooling" => "poolings".to_owned(),
            "identity" => "skip connections".to_owned(),
            "spatial" => "operations with weights and a window larger than 1".to_owned(),
            "pointwise" => "operations with weights that read a place by itself".to_owned(),
            "length" => "operations".to_owned(),
            "layers" => "layers with weights".to_owned(),
            "doubling" => "stages that double the channels".to_owned(),
            "halving" => "stages that halve the resolution".to_owned(),
            other => other.to_owned(),
        };
        let all: Vec<String> = self.of.split('+').map(words).collect();
        match all.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, first)) => format!("{} {word} {last}", first.join(", ")),
            None => String::new(),
        }
    }
}

/// A number with few digits.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A count: `no`, or the number.
fn count(value: f64) -> String {
    if value == 0.0 { "no".to_owned() } else { number(value) }
}

fn percent(share: f64) -> String {
    format!("{} %", number(share * 100.0))
}

/// The endings of a noun and of its verb.
fn endings(value: f64) -> (&'static str, &'static str) {
    if (value - 1.0).abs() < f64::EPSILON { ("", "s") } else { ("s", "") }
}

fn plural(value: f64) -> &'static str {
    endings(value).0
}

fn op_count(name: &Name, value: f64) -> Option<String> {
    Some(format!("{} operation{} of the cell: {}", count(value), plural(value), name.ops()))
}

fn min_path_len(name: &Name, value: f64) -> Option<String> {
    // Without a path the value is the number of nodes, which a column does not tell.
    Some(format!(
        "the shortest path of {} only has {} edges, or there is none",
        name.all_ops(),
        number(value)
    ))
}

fn max_op_on_path(name: &Name, value: f64) -> Option<String> {
    let ops = name.all_ops();
    Some(if value < 0.0 {
        format!("no path consists of {ops} only")
    } else {
        format!("the longest path of {ops} only has {} operation{}", number(value), plural(value))
    })
}

fn node_degree(name: &Name, value: f64) -> Option<String> {
    let (s, verb) = endings(value);
    let edges = format!("{} edge{s} with {}", count(value), name.ops());
    Some(match name.part {
        "input_out" => format!("{edges} leave{verb} the input"),
        "output_in" => format!("{edges} enter{verb} the output"),
        "mean" | "mean_in" => format!("{edges} enter{verb} a node on average"),
        "mean_out" => format!("{edges} leave{verb} a node on average"),
        other => {
            let input = other.strip_suffix("_out")?;
            format!("{edges} leave{verb} the input {input}")
        }
    })
}

fn stages(name: &Name, value: f64) -> Option<String> {
    let (value, s) = (count(value), plural(value));
    Some(match name.stem {
        "stage_count" => format!("{value} stage{s} of kind {}", name.of),
        "channel_at" => {
            format!("the channels double {value} time{s} in the first {} stages", name.of)
        }
        "stride_at" => {
            format!("the resolution halves {value} time{s} in the first {} stages", name.of)
        }
        _ => return None,
    })
}

fn prefix_count(name: &Name, value: f64) -> Option<String> {
    Some(format!("{} of the first {} operations: {}", count(value), name.part, name.of))
}

fn one_hot(name: &Name, value: f64) -> Option<String> {
    match name.of.split_once('=') {
        None => adjacency(name, value),
        Some((place, op)) => {
            let not = if value == 0.0 { "not " } else { "" };
            Some(format!("{place} is {not}{op}"))
        }
    }
}

fn adjacency(name: &Name, value: f64) -> Option<String> {
    Some(format!("the entry {} of the adjacency encoding is {}", name.of, number(value)))
}

fn path(name: &Name, value: f64) -> Option<String> {
    let a = if value == 0.0 { "no path is" } else { "a path is" };
    Some(format!("{a} {}", if name.of.is_empty() { "without operations" } else { name.of }))
}

fn wl(name: &Name, value: f64) -> Option<String> {
    let (value, s) = (count(value), plural(value));
    Some(match name.of.split_once('>') {
        None => format!("{value} node{s} of {} in the graph of operations", name.of),
        Some((op, "")) => format!("{value} {op} without a successor"),
        Some((op, behind)) => {
            format!("{value} {op} with {} right behind", behind.replace('+', ", "))
        }
    })
}

fn path_stats(name: &Name, value: f64) -> Option<String> {
    let (counted, (s, verb)) = (count(value), endings(value));
    let of_all = match (name.of, name.part) {
        ("paths", "") => format!("{counted} path{s} lead{verb} from the inputs to the output"),
        ("paths", input) => {
            format!("{counted} path{s} lead{verb} from the input {input} to the output")
        }
        ("skip_paths", _) => format!("{counted} path{s} consist{verb} of skip connections only"),
        ("skip_beside_conv", _) if value == 0.0 => {
            "no path of skip connections only lies beside an operation with weights".to_owned()
        }
        ("skip_beside_conv", _) => {
            "a path of skip connections only lies beside an operation with weights".to_owned()
        }
        ("live_ops", _) => format!("{counted} operation{s} lie{verb} on paths"),
        ("width", _) => format!("at most {counted} node{s} lie{verb} side by side"),
        ("receptive_field", part) => {
            let which = match part {
                "min" => "least along a path",
                "max" => "most along a path",
                _ => "mean along a path",
            };
            format!("the receptive field is {} ({which})", number(value))
        }
        ("transfer" | "breadth" | "weights", _) => return None,
        _ => String::new(),
    };
    if !of_all.is_empty() {
        return Some(of_all);
    }
    if value < 0.0 {
        return Some("no path leads from the inputs to the output".to_owned());
    }
    let ops = name.ops();
    Some(match name.part {
        "min" if value == 0.0 => format!("some path has no {ops}"),
        "min" => format!("every path has at least {} {ops}", number(value)),
        "max" if value == 0.0 => format!("no path has {ops}"),
        "max" => format!("a path has up to {} {ops}", number(value)),
        "mean" => format!("a path has {counted} {ops} on average"),
        "total" => format!("all paths together have {counted} {ops}"),
        "share" => format!("{} of the paths have {ops}", percent(value)),
        "only" if value == 0.0 => format!("no path consists of {} only", name.all_ops()),
        "only" => format!("{counted} path{s} consist{verb} of {} only", name.all_ops()),
        "live" => format!("{counted} {ops} lie on paths"),
        "at_input" if name.stem == "shared" => {
            format!("{} of the ways out of the input lead to {ops}", percent(value))
        }
        "at_output" if name.stem == "shared" => {
            format!("{} of the ways into the output come from {ops}", percent(value))
        }
        "at_input" => format!("{counted} {ops} read an input"),
        "at_output" => format!("{counted} {ops} lead to the output"),
        "walk" => format!("a walk at random from the input meets {counted} {ops} on average"),
        part => {
            let input = part.strip_suffix("_mean")?;
            format!("a path from the input {input} has {counted} {ops} on average")
        }
    })
}

fn random_walk(name: &Name, value: f64) -> Option<String> {
    let what = match name.of {
        "receptive_field" => "a receptive field of".to_owned(),
        _ => String::new(),
    };
    let met = if what.is_empty() {
        format!("{} {}", count(value), name.ops())
    } else {
        format!("{what} {}", number(value))
    };
    Some(match name.part {
        "back" => format!("a walk at random back from the output meets {met} on average"),
        "forward" => format!("a walk at random from the input meets {met} on average"),
        "back_std" => {
            format!("walks back from the output differ by {} in {}", number(value), depth(name))
        }
        _ => return None,
    })
}

/// What walks add up.
fn depth(name: &Name) -> &'static str {
    if name.of == "receptive_field" { "receptive field" } else { "layers with weights" }
}

fn position(name: &Name, value: f64) -> Option<String> {
    if let Some(length) = name.part.strip_prefix("length_") {
        let paths = value.exp_m1().round();
        return Some(format!("{} path{} with {length} operations", count(paths), plural(paths)));
    }
    if let Some(first) = name.part.strip_prefix("first_") {
        let (value, ops) = (count(value), name.ops());
        return Some(format!(
            "the first {first} operations of a path have {value} {ops} on average"
        ));
    }
    let ops = name.ops();
    Some(match name.part {
        _ if value < 0.0 => format!("no path has {ops}"),
        "before" => format!("{} operations stand before {ops} on average", number(value)),
        "behind" => format!("{} operations stand behind {ops} on average", number(value)),
        _ => return None,
    })
}

fn succession(name: &Name, value: f64) -> Option<String> {
    let kind = |of| Name { of, ..*name }.ops();
    Some(match name.of.split_once('>') {
        Some((one, next)) => {
            format!(
                "{} follow on {} {} times a path on average",
                kind(next),
                kind(one),
                number(value)
            )
        }
        None => format!("{} of the paths end with {}", percent(value), kind(name.of)),
    })
}

fn signal(name: &Name, value: f64) -> Option<String> {
    Some(match (name.of, name.part) {
        ("variance", _) => format!("the variance of the output is {}", number(value.exp_m1())),
        ("gradient", _) => format!("the variance of the gradient is {}", number(value.exp_m1())),
        ("input", _) => format!("{} of the signal pass no operation with weights", percent(value)),
        ("receptive_field", "used") => {
            format!("the signal passes a receptive field of {} on average", number(value))
        }
        (_, "used") => format!("the signal passes {} {} on average", count(value), name.ops()),
        (_, "last") => format!("{} of the signal come from {} last", percent(value), name.ops()),
        _ => return None,
    })
}

fn described_value(name: &Name, value: f64) -> Option<String> {
    Some(match name.part {
        "sum" => format!("the {} of the operations add up to {}", name.of, number(value)),
        "mean" => format!("the {} is {} on average", name.of, number(value)),
        "min" => format!("the least {} is {}", name.of, number(value)),
        "max" => format!("the greatest {} is {}", name.of, number(value)),
        place => format!("the {} at place {place} is {}", name.of, number(value)),
    })
}

fn mean_field(name: &Name, value: f64) -> Option<String> {
    let at = match name.part {
        "output" => "behind the last cell".to_owned(),
        "" => "in the whole network".to_owned(),
        part => match part.strip_prefix("stage_") {
            Some(stage) if name.of == "weight_gradient" => format!("in stage {stage}"),
            Some(stage) => format!("at the input of stage {stage}"),
            None => String::new(),
        },
    };
    let value = number(value);
    Some(match name.of {
        "weight_gradient" if name.part == "rise" => {
            format!(
                "from the first to the last stage the log of the weights' gradients rises by {value}"
            )
        }
        "weight_gradient" => format!("the log of the weights' gradients {at} is {value}"),
        "variance" => format!("the log of the features' variance {at} is {value}"),
        "correlation" => format!("the correlation of neighbouring pixels {at} is {value}"),
        "roughness" => format!("the roughness of the features {at} is {value}"),
        "depth" => format!("features have passed {value} ReLUs {at}"),
        "gradient_variance" => format!("the log of the gradient's variance {at} is {value}"),
        "gradient_correlation" => {
            format!("the correlation of neighbouring pixels of the gradient {at} is {value}")
        }
        "gradient_roughness" => format!("the roughness of the gradient {at} is {value}"),
        "gradient_overlap" => {
            format!("the log of the overlap of the gradients of two images {at} is {value}")
        }
        _ => return None,
    })
}

fn closed_form(name: &Name, value: f64) -> Option<String> {
    let value = number(value);
    Some(match name.of {
        "synflow" => format!("the log of the synaptic flow is {value}"),
        "l2_norm" => format!("the norms of the weights add up to {value}"),
        _ => return None,
    })
}

fn cost(name: &Name, value: f64) -> Option<String> {
    let value = number(value);
    Some(match name.stem {
        "analytic_flops" => format!("the network has {value} million FLOPs"),
        "analytic_params" => format!("the network has {value} million parameters"),
        "analytic_bytes" => format!("the layers read and write {value} million bytes"),
        _ => format!("the layers take at least {value} ms"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Device;
    use crate::features::{FeatureConfig, FeatureSet};
    use crate::space::SPACES;

    #[test]
    fn every_family_has_words() {
        assert!(FAMILIES.iter().all(|family| WORDS.iter().any(|(name, _)| *name == family.name())));
    }

    #[test]
    fn statements() {
        let cases = [
            (
                "path_stats(skip_connect+avg_pool_3x3).only",
                0.0,
                "no path consists of skip_connect and avg_pool_3x3 only",
            ),
            (
                "normal.path_stats(sep_conv_3x3+none).max",
                2.0,
                "normal cell: a path has up to 2 sep_conv_3x3 or none",
            ),
            ("max_op_on_path(none)", -1.0, "no path consists of none only"),
            (
                "node_degree(skip_connect).input_out",
                1.0,
                "1 edge with skip_connect leaves the input",
            ),
            (
                "signal(parametric).used",
                1.5,
                "the signal passes 1.5 operations with weights on average",
            ),
            (
                "succession(pooling>identity)",
                0.25,
                "skip connections follow on poolings 0.25 times a path on average",
            ),
            ("position(paths).length_3", 2.0_f64.ln(), "1 path with 3 operations"),
            ("one_hot(edge_0_1=none)", 0.0, "edge_0_1 is not none"),
            ("analytic_params", 1.5, "the network has 1.5 million parameters"),
            ("jacov", -3.25, "jacov is -3.25"),
        ];
        for (column, value, expected) in cases {
            assert_eq!(statement(column, value), expected);
        }
    }

    #[test]
    fn nearly_all_columns_are_more_than_their_names() {
        for space in SPACES {
            let names: Vec<String> = FAMILIES
                .iter()
                .filter(|family| family.defined_for(space))
                .map(|family| family.name().to_owned())
                .collect();
            let device = Some(Device::JETSON_TX2);
            let config =
                FeatureConfig { families: Some(names), device, ..FeatureConfig::default() };
            let set = FeatureSet::new(space, &config).unwrap();
            let plain = set.names().iter().filter(|name| {
                statement(name, 1.0).contains(" is 1") && statement(name, 1.0).contains('(')
            });
            let plain = plain.count();
            assert!(plain <= 40, "{}: {plain} of {}", space.name(), set.len());
        }
    }
}
