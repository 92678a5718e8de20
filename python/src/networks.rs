//! Networks: drawn, listed, written in another encoding, and told apart.

use graf::dataset::{Shard, Which};
use graf::graph::Equality;
use graf::prelude::{Architecture, Space};
use graf::space::{EncodingError, SPACES};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use rayon::prelude::*;

use crate::broken::Broken;
use crate::pool::run;
use crate::texts::{Text, Texts, texts};
use crate::words;

/// How many encodings are worked on at a time.
const CHUNK: usize = 8192;

/// The networks of a space, in an encoding.
fn generate(
    py: Python<'_>,
    space: &str,
    which: Which,
    to: Option<String>,
    unique: Option<&str>,
    shard: &str,
) -> PyResult<Vec<String>> {
    let space = words::named(space)?;
    let unique = unique.map(words::equality).transpose()?;
    let shard: Shard = shard.parse().map_err(|error| Broken::Value(format!("shard {error}")))?;
    let texts = run(py, move |_| -> Result<_, Broken> {
        let to = to.as_deref().unwrap_or(space.get().encodings()[0].name);
        let mut texts = Vec::new();
        for chunk in space.networks(which, shard, unique)? {
            let written = chunk?.into_par_iter().map(|network| space.write(&network, to));
            texts.extend(written.collect::<Result<Vec<_>, _>>().map_err(Broken::value)?);
        }
        Ok(texts)
    })?;
    Ok(texts?)
}

/// Networks of a space, drawn at random.
#[pyfunction]
pub fn sample(
    py: Python<'_>,
    space: &str,
    count: u64,
    seed: u64,
    to: Option<String>,
    unique: Option<&str>,
    shard: &str,
) -> PyResult<Vec<String>> {
    generate(py, space, Which::Sample { count, seed }, to, unique, shard)
}

/// All networks of a space.
#[pyfunction]
pub fn enumerate(
    py: Python<'_>,
    space: &str,
    to: Option<String>,
    unique: Option<&str>,
    shard: &str,
) -> PyResult<Vec<String>> {
    generate(py, space, Which::All, to, unique, shard)
}

/// A text for each network.
fn written(
    space: Space,
    texts: &[Text],
    write: impl Fn(&Architecture) -> Result<String, EncodingError> + Sync,
) -> Result<Vec<String>, Broken> {
    let mut all = Vec::with_capacity(texts.len());
    for (chunk, start) in texts.chunks(CHUNK).zip((0..).step_by(CHUNK)) {
        let one = |(index, text): (usize, &Text)| {
            let index = start + index;
            let written = space.parse(text.as_ref()).and_then(|network| write(&network));
            written.map_err(|error| Broken::Encoding(index, format!("encoding {index}: {error}")))
        };
        // Each on its own, so that the first that is broken is the one that is told.
        let chunk: Vec<_> = chunk.par_iter().enumerate().map(one).collect();
        all.extend(chunk.into_iter().collect::<Result<Vec<_>, _>>()?);
    }
    Ok(all)
}

fn read(encodings: &Bound<'_, PyList>, space: Option<&str>) -> PyResult<(Texts, Space)> {
    let texts = texts(encodings, false)?;
    let space = words::space(space, &texts)?;
    Ok((texts, space))
}

/// The name of the space that encodings are of.
#[pyfunction]
pub fn infer(encodings: &Bound<'_, PyList>) -> PyResult<&'static str> {
    Ok(read(encodings, None)?.1.name())
}

/// The networks in another encoding.
#[pyfunction]
pub fn convert(
    py: Python<'_>,
    encodings: &Bound<'_, PyList>,
    to: &str,
    space: Option<&str>,
) -> PyResult<Vec<String>> {
    let (texts, space) = read(encodings, space)?;
    let encoding = space.get().encoding(to).map_err(Broken::value)?;
    Ok(run(py, move |_| written(space, &texts, |network| (encoding.write)(network)))??)
}

/// The hashes of networks.
#[pyfunction]
pub fn hash(
    py: Python<'_>,
    encodings: &Bound<'_, PyList>,
    space: Option<&str>,
    equality: &str,
) -> PyResult<Vec<String>> {
    let (texts, space) = read(encodings, space)?;
    let equality = words::equality(equality)?;
    let hash = move |network: &Architecture| {
        Ok(match equality {
            Equality::Isomorphic => space.get().hash(network).to_string(),
            Equality::Functional => space.get().function(network).to_string(),
        })
    };
    Ok(run(py, move |_| written(space, &texts, hash))??)
}

/// What is known of each search space.
#[pyfunction]
pub fn spaces(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let one = |space: &'static dyn graf::space::SearchSpace| {
        let all = PyDict::new(py);
        all.set_item("name", space.name())?;
        all.set_item("summary", space.summary())?;
        all.set_item("operations", space.operations())?;
        let encodings = space.encodings().iter().map(|encoding| encoding.name);
        all.set_item("encodings", encodings.collect::<Vec<_>>())?;
        all.set_item("example", space.example())?;
        Ok(all)
    };
    SPACES.into_iter().map(one).collect()
}
