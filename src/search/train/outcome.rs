//! What the last line of a training says.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::table::clip;

/// Reads the values of objectives from the last line that is not empty: `val_acc=93.1 latency=4`, a JSON object with these
/// numbers, or, of one objective, a number alone. Further numbers are kept.
///
/// # Errors
///
/// Why there is no value for each objective, in words.
pub fn values(output: &str, objectives: &[String]) -> Result<BTreeMap<String, f64>, String> {
    let line = output.lines().rev().map(str::trim).find(|line| !line.is_empty());
    let Some(line) = line else { return Err("it wrote no line to its standard output".to_owned()) };
    let found = json(line).or_else(|| pairs(line)).or_else(|| alone(line, objectives));
    let expected = || match objectives {
        [one] => format!("{one}=NUMBER, JSON or a number"),
        several => several.iter().map(|one| format!("{one}=NUMBER")).collect::<Vec<_>>().join(" "),
    };
    let Some(found) = found else {
        return Err(format!("its last line is `{}`, not {}", clip(line), expected()));
    };
    if let Some(name) = objectives.iter().find(|name| !found.contains_key(*name)) {
        return Err(format!("its last line `{}` has no {}", clip(line), clip(name)));
    }
    if let Some((name, value)) = found.iter().find(|(_, value)| !value.is_finite()) {
        return Err(format!("its last line says {}={value}, which is not finite", clip(name)));
    }
    Ok(found)
}

fn json(line: &str) -> Option<BTreeMap<String, f64>> {
    let Value::Object(object) = serde_json::from_str(line).ok()? else { return None };
    let numbers = object.into_iter().filter_map(|(name, value)| Some((name, value.as_f64()?)));
    Some(numbers.collect())
}

fn pairs(line: &str) -> Option<BTreeMap<String, f64>> {
    let words = line.split([' ', '\t', ',', ';']).filter(|word| !word.is_empty());
    let pair = |word: &str| {
        let (name, value) = word.split_once('=')?;
        Some((name.to_owned(), value.parse().ok()?))
    };
    let pairs: Vec<Option<(String, f64)>> = words.map(pair).collect();
    // Other words may stand beside them, as in `epoch 12: val_acc=93.1`.
    let known: BTreeMap<String, f64> = pairs.into_iter().flatten().collect();
    (!known.is_empty()).then_some(known)
}

fn alone(line: &str, objectives: &[String]) -> Option<BTreeMap<String, f64>> {
    let [name] = objectives else { return None };
    Some([(name.clone(), line.parse().ok()?)].into())
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn the_last_line_tells() {
        let of = |text: &str| values(text, &["acc".to_owned()]);
        for text in [
            "acc=93.5",
            "noise\n93.5\n\n",
            "{\"acc\": 93.5, \"name\": \"x\"}",
            "epoch 3: acc=93.5, loss=0.1",
        ] {
            assert!((of(text).unwrap()["acc"] - 93.5).abs() < 1e-12, "{text}");
        }
        for (text, part) in [
            ("", "no line"),
            ("93.5\ndone", "`done`"),
            ("loss=1", "no acc"),
            ("acc=nan", "not finite"),
            ("acc=high", "`acc=high`"),
            ("{\"loss\": 1}", "no acc"),
        ] {
            let reason = of(text).unwrap_err();
            assert!(reason.contains(part), "{text}: {reason}");
        }
        let two = ["acc".to_owned(), "ms".to_owned()];
        assert!(values("93.5", &two).unwrap_err().contains("acc=NUMBER ms=NUMBER"));
        assert_eq!(values("acc=1 ms=2", &two).unwrap().len(), 2);
    }
}
