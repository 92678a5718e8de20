//! Benchmarks from a TOML file.

use std::path::Path;

use serde::Deserialize;

use super::{ALL_OTHERS, Benchmark, Draws};
use crate::dataset::{Error, Networks};
use crate::metrics::{Direction, Objective};
use crate::predictor::transfer::mean::is_weight;
use crate::space::{SearchSpace, by_name, by_name_or_file};
use crate::table::{Input, ReadOptions, clip, clip_reason, read_text};

/// The longest file that is read, in MiB.
const LIMIT: u64 = 1;

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entries {
    #[serde(default)]
    benchmark: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Option<String>,
    inputs: Vec<String>,
    space: Option<String>,
    target: String,
    direction: Option<Direction>,
    weight: Option<f64>,
    #[serde(default)]
    join: Vec<String>,
    dataset: Option<String>,
    task: Option<String>,
    encoding_column: Option<String>,
    #[serde(default)]
    drop_unreachable: bool,
    #[serde(default)]
    prune: bool,
    draws: Option<usize>,
    draw_size: Option<usize>,
}

impl Benchmark {
    /// Reads a file of benchmarks. Paths in it are relative to it.
    ///
    /// # Errors
    ///
    /// [`Error::Benchmarks`] if it cannot be read, has an unknown key or a value that is none, or names
    /// no benchmark, or two the same.
    pub fn read_file(path: &Path) -> Result<Vec<Self>, Error> {
        let fault = |place: String, reason: String| {
            let file = clip(&path.display().to_string());
            Error::Benchmarks { file, place, reason }
        };
        let text = read_text(path, LIMIT, "list of benchmarks")
            .map_err(|reason| fault(String::new(), reason))?;
        let entries: Entries = toml::from_str(&text).map_err(|error| {
            let line = error.span().and_then(|span| text.get(..span.start));
            let line = line.map(|before| before.matches('\n').count());
            let place = line.map_or_else(String::new, |line| place(&text, line));
            let reason = clip_reason(error.message());
            let has_one = text.lines().any(|line| line.trim().starts_with("[[benchmark]]"));
            let hint = if has_one { "" } else { "; describe each under a line [[benchmark]]" };
            fault(place, reason + hint)
        })?;
        if entries.benchmark.is_empty() {
            let reason = "no benchmark; describe each under a line [[benchmark]]".to_owned();
            return Err(fault(String::new(), reason));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut found: Vec<Self> = Vec::new();
        for (entry, number) in entries.benchmark.into_iter().zip(1..) {
            let told = |(key, reason): (&str, String)| {
                fault(format!(", benchmark {number}, key `{key}`"), reason)
            };
            let benchmark = entry.resolve(folder).map_err(told)?;
            if found.iter().any(|other| other.name == benchmark.name) {
                let name = clip(&benchmark.name);
                let reason = format!("another benchmark is called {name}; give each its own name");
                return Err(told(("name", reason)));
            }
            found.push(benchmark);
        }
        Ok(found)
    }
}

/// The line, from 0, and the key that stands there.
fn place(text: &str, line: usize) -> String {
    let key =
        text.lines().nth(line).and_then(|text| text.split_once('=')).map(|pair| pair.0.trim());
    let key = key.map_or_else(String::new, |key| format!(", key `{}`", clip(key)));
    format!(", line {}{key}", line + 1)
}

impl Entry {
    /// The benchmark. The error is a key and what is wrong with it.
    fn resolve(self, folder: &Path) -> Result<Benchmark, (&'static str, String)> {
        let input = |key| {
            move |name: &String| match name.as_str() {
                "" | "-" => Err((key, "name a file".to_owned())),
                name => Ok(Input::File(folder.join(name))),
            }
        };
        let inputs = self.inputs.iter().map(input("inputs")).collect::<Result<Vec<_>, _>>()?;
        let joins = self.join.iter().map(input("join")).collect::<Result<_, _>>()?;
        let Some(first) = inputs.first() else {
            return Err(("inputs", "no table; name at least one".to_owned()));
        };
        if self.dataset.is_some() && self.task.is_some() {
            return Err(("task", "it means the same as `dataset`; give one of them".to_owned()));
        }
        let weight = self.weight.unwrap_or(1.0);
        if !is_weight(weight) {
            let fix = "give a number above 0, and not as small as 1e-307";
            return Err(("weight", format!("{weight:?} is no weight; {fix}")));
        }
        let draws = Draws::asked(self.draws, self.draw_size)?;
        let space = self.space.map(|name| space(&name, folder)).transpose()?;
        let name = self.name.unwrap_or_else(|| first.stem());
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err((
                "name",
                "it stands in tables; give it one of printable characters".into(),
            ));
        }
        if name == ALL_OTHERS || name.starts_with('(') {
            let reason = format!("{} is called like a row of the matrix; change it", clip(&name));
            return Err(("name", reason));
        }
        Ok(Benchmark {
            name,
            inputs,
            objective: Objective { target: self.target, stated: self.direction },
            weight,
            read: ReadOptions { dataset: self.dataset.or(self.task), ..ReadOptions::default() },
            networks: Networks {
                space,
                encoding_column: self.encoding_column,
                drop_unreachable: self.drop_unreachable,
                prune: self.prune,
                ..Networks::default()
            },
            joins,
            draws,
        })
    }
}

fn space(name: &str, folder: &Path) -> Result<&'static dyn SearchSpace, (&'static str, String)> {
    let is_file = Path::new(name).extension().is_some_and(|ending| ending == "toml");
    let found = match by_name(name) {
        Some(space) => return Ok(space),
        None if is_file => by_name_or_file(&folder.join(name).display().to_string()),
        None => by_name_or_file(name),
    };
    found.map_err(|error| ("space", format!("`{}`: {error}", clip(name))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Result<Vec<Benchmark>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.toml");
        std::fs::write(&path, text).unwrap();
        Benchmark::read_file(&path)
            .map_err(|error| error.to_string().split_once("b.toml").unwrap().1.to_owned())
    }

    #[test]
    fn a_file_of_two() {
        let text = "[[benchmark]]\ninputs = [\"one.csv.gz\"]\ntarget = \"acc\"\n[[benchmark]]\n\
            name = \"b\"\ninputs = [\"x.csv\", \"/y.csv\"]\nspace = \"nasbench201\"\ntarget = \"t\"\n\
            weight = 2\njoin = [\"j.csv\"]\ntask = \"cifar10\"\nencoding_column = \"net\"\nprune = true\n";
        let found = written(text).unwrap();
        assert_eq!((found[0].name.as_str(), found[1].name.as_str()), ("one", "b"));
        let path = found[0].inputs[0].path().unwrap();
        assert!(path.is_absolute() && path.ends_with("one.csv.gz"));
        assert_eq!(found[1].inputs[1].path(), Some(Path::new("/y.csv")));
        assert_eq!(
            (found[0].weight, found[1].weight).partial_cmp(&(1.0, 2.0)),
            Some(std::cmp::Ordering::Equal)
        );
        assert_eq!(found[1].read.dataset.as_deref(), Some("cifar10"));
        let networks = &found[1].networks;
        assert_eq!(networks.space.unwrap().name(), "nasbench201");
        assert!(networks.prune && !networks.drop_unreachable && found[1].joins.len() == 1);
    }

    #[test]
    fn a_space_goes_by_the_words_of_the_command_line() {
        let text = "[[benchmark]]\ninputs = [\"a.csv\"]\ntarget = \"t\"\nspace = \"nb201\"\n";
        assert_eq!(written(text).unwrap()[0].networks.space.unwrap().name(), "nasbench201");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let one = "[[benchmark]]\ninputs = [\"a.csv\"]\ntarget = \"t\"\n";
        for (text, place, reason) in [
            ("", ": no benchmark", "[[benchmark]]"),
            ("[[benchmark]]\ninput = []", ", line 2, key `input`: ", "unknown field `input`"),
            ("[[benchmark]]\ntarget = 1", ", line 2, key `target`: ", "expected a string"),
            ("[[benchmark]]\ntarget = \"t\"", ", line 1: ", "missing field `inputs`"),
            (
                "[[benchmark]]\ninputs = []\ntarget = \"t\"",
                ", benchmark 1, key `inputs`: ",
                "no table",
            ),
            (&format!("{one}weight = 0"), ", benchmark 1, key `weight`: ", "above 0"),
            (&format!("{one}weight = nan"), ", benchmark 1, key `weight`: ", "above 0"),
            (&format!("{one}draws = 1"), ", benchmark 1, key `draws`: ", "from 2 to 1000"),
            (
                &format!("{one}draws = 8\ndraw_size = 2"),
                ", benchmark 1, key `draw_size`: ",
                "3 or more",
            ),
            (&format!("{one}draw_size = 64"), ", benchmark 1, key `draws`: ", "number of draws"),
            (&format!("{one}space = \"nb\""), ", benchmark 1, key `space`: ", "nasbench201"),
            (&format!("{one}join = [\"-\"]"), ", benchmark 1, key `join`: ", "name a file"),
            (
                &format!("{one}task = \"a\"\ndataset = \"a\""),
                ", benchmark 1, key `task`: ",
                "`dataset`",
            ),
            (&format!("{one}{one}"), ", benchmark 2, key `name`: ", "called a"),
            ("[[benchmark", ", line 1: ", ""),
        ] {
            let error = written(text).unwrap_err();
            assert!(error.starts_with(place) && error.contains(reason), "{text:?}: {error}");
            assert!(!error.contains('\n'), "{error:?}");
        }
    }
}
