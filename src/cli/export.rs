//! `graf export`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::input::{counted, distinct};
use super::{Common, Failure, model};
use crate::dataset::Error;
use crate::jobs::export;
use crate::table::AtomicFile;

/// Write a model as an ONNX file
///
/// The file computes in double precision what the model predicts, with standard operators of opset 17 and
/// ai.onnx.ml 5. Its input features has a column for each feature of the model, in the order of graf inspect;
/// its outputs are prediction and, where the predictor has it, std. The names of the features and the search
/// space are in its metadata.
#[derive(Debug, Args)]
#[command(before_help = "\
Example:
  graf fit data/nas-bench-graph/nas-bench-graph.csv.gz --target cs_valid_perf \\
      --predictor gp -o gp.graf
  graf export gp.graf -o gp.onnx")]
pub(super) struct ExportArgs {
    /// Model file
    model: PathBuf,
    /// ONNX file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) fn run(args: &ExportArgs, common: &Common) -> Result<(), Failure> {
    distinct(("--output", Some(&args.output)), std::iter::once(Some(args.model.as_path())))?;
    let model = model::read(&args.model)?;
    let bytes = export(&model).map_err(Error::from)?;
    let write = || {
        let mut file = AtomicFile::create(&args.output)?;
        file.write_all(&bytes)?;
        file.commit()
    };
    write().map_err(|error| Error::Model {
        name: args.output.display().to_string(),
        error: error.into(),
    })?;
    if !common.quiet {
        let columns = counted(model.header.columns.len() as u64, "feature");
        let size = bytes.len().div_ceil(1024);
        writeln!(
            std::io::stderr().lock(),
            "graf: wrote {} of {columns}, {size} KiB",
            model.header.predictor
        )?;
    }
    Ok(())
}
