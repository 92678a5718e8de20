//! A model in, an ONNX file of it out.

use serde_json::json;

use crate::dataset::Error;
use crate::metrics::Objective;
use crate::model::Model;
use crate::onnx::{GraphValue, OnnxGraph};
use crate::predictor::Unexported;
use crate::predictor::exported::Asked;

/// What a proxy has where it is missing.
const MISSING: f64 = -1e8;

/// The bytes of an ONNX file that predicts what the model predicts, in double precision.
///
/// Its input `features` has a column for each of the model's, in their order; its outputs are `prediction` and, where the
/// predictor has it, `std`, with a column for each target. Numbers that are missing are NaN, or −1e8 in proxies, if the
/// model has medians for them. The metadata name the columns, the targets and their directions, the search space and how features are
/// computed.
///
/// # Errors
///
/// [`Unexported`] if the predictor has no graph.
///
/// # Complexity
///
/// O(size of the model).
pub fn export(model: &Model) -> Result<Vec<u8>, Unexported> {
    let header = &model.header;
    let columns = header.columns.len();
    let mut graph = OnnxGraph::new();
    let records = filled(model, &mut graph);
    let found = model.predictor.export(&mut graph, &records, Asked::Both)?;
    let means: Vec<&GraphValue> = found.iter().map(|one| &one.mean).collect();
    let mean = graph.beside(&means);
    graph.output("prediction", &mean, means.len());
    let std: Option<Vec<&GraphValue>> = found.iter().map(|one| one.std.as_ref()).collect();
    if let Some(std) = std {
        let all = graph.beside(&std);
        graph.output("std", &all, std.len());
    }
    let objectives = header.objectives();
    let directions: Vec<_> = objectives.iter().map(Objective::direction).collect();
    let metadata = [
        ("graf", header.graf.clone()),
        ("space", header.space.clone().unwrap_or_default()),
        ("features", json!(header.columns).to_string()),
        ("computed", json!(header.features).to_string()),
        ("targets", json!(header.targets).to_string()),
        ("directions", json!(directions).to_string()),
        ("predictor", header.predictor.clone()),
        ("rows", header.rows.to_string()),
    ];
    Ok(graph.into_file(columns, &metadata))
}

/// The input, with medians in the place of what is missing.
fn filled(model: &Model, graph: &mut OnnxGraph) -> GraphValue {
    let (input, header) = (graph.input(), &model.header);
    let Some(medians) = &header.medians else { return input };
    let width = [1, medians.len()];
    let marks = header.columns.iter().map(|column| {
        // No number is equal to NaN.
        if header.proxies.contains(column) { MISSING } else { f64::NAN }
    });
    let marks = graph.numbers(&marks.collect::<Vec<_>>(), &width);
    let medians = graph.numbers(medians, &width);
    let (is_none, is_mark) =
        (graph.apply("IsNaN", &[&input]), graph.apply("Equal", &[&input, &marks]));
    let is_missing = graph.apply("Or", &[&is_none, &is_mark]);
    graph.apply("Where", &[&is_missing, &medians, &input])
}

impl From<Unexported> for Error {
    fn from(error: Unexported) -> Self {
        Error::Unsuited(error.to_string())
    }
}
