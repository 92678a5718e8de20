//! NAS-Bench-101 as it is published, `nasbench_full.tfrecord` and `nasbench_only108.tfrecord`: a row per training run.
//!
//! A record is a JSON list: the hash of the module, the epochs, its adjacency matrix as digits, its operations separated
//! by commas, and the measurements, a protocol buffer in base64. The buffer is described in `model_metrics.proto` of
//! <https://github.com/google-research/nasbench>: field 1 is an evaluation, of which there is one at the start, one
//! half-way and one at the end, and field 2 the number of trainable parameters. Of an evaluation, field 2 is the training
//! time in seconds, and fields 3 to 5 are the accuracies on training, validation and test data.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::input::Input;
use super::reader::{Emit, Records, Source};
use super::tfrecord::Frames;
use crate::table::{BrokenRow, Place, Row, TableError, Value};

/// The columns, named as in the benchmark's own interface.
const COLUMNS: [&str; 13] = [
    "module_hash",
    "epochs",
    "module_adjacency",
    "module_operations",
    "trainable_parameters",
    "halfway_training_time",
    "halfway_train_accuracy",
    "halfway_validation_accuracy",
    "halfway_test_accuracy",
    "final_training_time",
    "final_train_accuracy",
    "final_validation_accuracy",
    "final_test_accuracy",
];

/// An open file of the benchmark.
struct Benchmark {
    input: Input,
    frames: Frames,
    columns: Vec<String>,
}

/// Opens a file of the benchmark.
#[expect(clippy::unnecessary_wraps, reason = "every format opens by one signature")]
pub(super) fn open(source: Source) -> Result<Box<dyn Records>, TableError> {
    Ok(Box::new(Benchmark {
        input: source.input,
        frames: Frames::new(source.bytes),
        columns: COLUMNS.map(str::to_owned).to_vec(),
    }))
}

impl Records for Benchmark {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn read(mut self: Box<Self>, emit: Emit<'_>) -> Result<(), TableError> {
        for number in 1.. {
            let place = Place::Record(number);
            let record = match self.frames.next() {
                Ok(Some(record)) => record,
                Ok(None) => break,
                Err(error) => return Err(self.input.read_error(error, &place.to_string())),
            };
            let row = values(record).map(|values| Row { place, values }).map_err(|fault| {
                let raw = String::from_utf8_lossy(record).into_owned();
                let (column, token) = match fault.column {
                    Some((column, token)) => (Some(column.to_owned()), token),
                    None => (None, raw.clone()),
                };
                BrokenRow { place, column, token, reason: fault.reason.to_owned(), raw }
            });
            if emit(row).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// What is wrong with a record; a column with its text, if it is one.
struct Fault {
    column: Option<(&'static str, String)>,
    reason: &'static str,
}

/// The values of a record.
fn values(record: &[u8]) -> Result<Vec<Value>, Fault> {
    type Parts = (String, i64, String, String, String);
    let (hash, epochs, adjacency, operations, metrics): Parts = serde_json::from_slice(record)
        .map_err(|_| Fault {
            column: None,
            reason: "no record of NAS-Bench-101, a list of hash, epochs, adjacency, operations and \
                     metrics; other records of TensorFlow are not read: write them as JSON lines",
        })?;
    let matrix = matrix(&adjacency).ok_or(Fault {
        column: Some(("module_adjacency", adjacency)),
        reason: "expected the digits of a square matrix",
    })?;
    let operations: Vec<_> = operations.split(',').map(serde_json::Value::from).collect();
    let operations = serde_json::Value::from(operations).to_string();
    let is_text = |byte: &u8| !byte.is_ascii_whitespace();
    let packed: Vec<u8> = metrics.bytes().filter(is_text).collect();
    let measured = STANDARD.decode(packed).ok().and_then(|bytes| Metrics::parse(&bytes));
    let Some(Metrics { parameters, evaluations }) = measured else {
        let reason = "expected the measurements, a protocol buffer in base64";
        return Err(Fault { column: Some(("final_test_accuracy", metrics)), reason });
    };
    let [_, halfway, end] = evaluations[..] else {
        let reason = "expected three evaluations: at the start, half-way and at the end";
        return Err(Fault { column: Some(("final_test_accuracy", metrics)), reason });
    };
    let mut values = vec![
        Value::Text(hash.into()),
        Value::Integer(epochs),
        Value::Json(matrix.into()),
        Value::Json(operations.into()),
        parameters.map_or(Value::Missing, Value::Integer),
    ];
    let numbers = halfway.into_iter().chain(end);
    values.extend(numbers.map(|number| number.map_or(Value::Missing, Value::from_number)));
    Ok(values)
}

/// The rows of a matrix as lists, of its digits in one line.
fn matrix(digits: &str) -> Option<String> {
    let size = digits.len().isqrt();
    if size * size != digits.len()
        || digits.is_empty()
        || !digits.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let row = |row: &[u8]| {
        let items: Vec<String> = row.iter().map(|digit| char::from(*digit).to_string()).collect();
        format!("[{}]", items.join(", "))
    };
    let rows: Vec<_> = digits.as_bytes().chunks(size).map(row).collect();
    Some(format!("[{}]", rows.join(", ")))
}

/// Training time, and accuracies on training, validation and test data.
type Evaluation = [Option<f64>; 4];

/// What was measured of a training run.
#[derive(Default)]
struct Metrics {
    parameters: Option<i64>,
    evaluations: Vec<Evaluation>,
}

impl Metrics {
    fn parse(message: &[u8]) -> Option<Self> {
        let mut metrics = Self::default();
        let mut fields = Fields(message);
        while !fields.0.is_empty() {
            match fields.next()? {
                (1, Field::Bytes(evaluation)) => {
                    metrics.evaluations.push(evaluation_of(evaluation)?);
                }
                (2, Field::Integer(parameters)) => {
                    metrics.parameters = Some(parameters.cast_signed());
                }
                _ => {}
            }
        }
        Some(metrics)
    }
}

fn evaluation_of(message: &[u8]) -> Option<Evaluation> {
    let mut evaluation = Evaluation::default();
    let mut fields = Fields(message);
    while !fields.0.is_empty() {
        if let (number @ 2..=5, Field::Double(value)) = fields.next()? {
            evaluation[number - 2] = Some(value);
        }
    }
    Some(evaluation)
}

/// A field of a protocol buffer.
enum Field<'a> {
    Integer(u64),
    Double(f64),
    Bytes(&'a [u8]),
    /// Four bytes, which no field here has.
    Other,
}

/// The fields of a message, as they are encoded.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// The next field and its number; `None` if the message is damaged.
    fn next(&mut self) -> Option<(usize, Field<'a>)> {
        let key = self.varint()?;
        let field = match key & 7 {
            0 => Field::Integer(self.varint()?),
            1 => {
                let (bytes, rest) = self.0.split_first_chunk()?;
                self.0 = rest;
                Field::Double(f64::from_le_bytes(*bytes))
            }
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                let (bytes, rest) = self.0.split_at_checked(length)?;
                self.0 = rest;
                Field::Bytes(bytes)
            }
            5 => {
                self.0 = self.0.get(4..)?;
                Field::Other
            }
            _ => return None,
        };
        Some((usize::try_from(key >> 3).ok()?, field))
    }

    /// A number in groups of seven bits, the lowest first; all but the last have their highest bit set.
    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for place in 0..10 {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrices_are_square() {
        assert_eq!(matrix("0100").as_deref(), Some("[[0, 1], [0, 0]]"));
        for digits in ["", "010", "01x0", "01é"] {
            assert_eq!(matrix(digits), None, "{digits}");
        }
    }

    #[test]
    fn fields_of_protocol_buffers_are_read() {
        // 300 in field 2; four bytes in field 9; "ab" in field 3.
        let mut fields = Fields(&[0x10, 0xac, 0x02, 0x4d, 1, 2, 3, 4, 0x1a, 2, b'a', b'b']);
        assert!(matches!(fields.next(), Some((2, Field::Integer(300)))));
        assert!(matches!(fields.next(), Some((9, Field::Other))));
        assert!(matches!(fields.next(), Some((3, Field::Bytes(b"ab")))));
        assert!(fields.next().is_none());
        for damaged in [&[0x10][..], &[0x1a, 5, 0], &[0x09, 0], &[0x0b], &[0xff; 12]] {
            assert!(Fields(damaged).next().is_none(), "{damaged:?}");
        }
    }
}
