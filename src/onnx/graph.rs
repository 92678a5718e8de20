//! A graph that is being built, and its file.

use std::collections::HashMap;

use super::proto::Message;

/// The version of the format, of the standard operators and of those of machine learning.
const IR: i64 = 10;
const OPSET: i64 = 17;
const ML_OPSET: i64 = 5;

/// The domain of operators of machine learning.
const ML: &str = "ai.onnx.ml";

/// What numbers are called in a file.
const UINT8: i64 = 2;
const INT64: i64 = 7;
const DOUBLE: i64 = 11;

/// The name of the input.
const INPUT: &str = "features";

/// Something that a graph computes: rows × columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphValue(String);

/// Operators and constants, in an order in which they can be computed.
#[derive(Debug, Default)]
pub struct OnnxGraph {
    nodes: Vec<Message>,
    constants: Vec<Message>,
    /// The name of each constant, by its bytes.
    names: HashMap<Vec<u8>, String>,
    outputs: Vec<(String, usize)>,
    count: usize,
}

/// Facts beside a graph, by their names.
pub type Metadata<'a> = [(&'a str, String)];

/// A number or numbers that an operator has besides its inputs.
pub(super) enum Attribute<'a> {
    Int(&'a str, i64),
    Ints(&'a str, Vec<i64>),
    Doubles(&'a str, Vec<f64>),
    Bytes(&'a str, Vec<u8>),
}

impl OnnxGraph {
    /// A graph without operators.
    pub fn new() -> Self {
        OnnxGraph::default()
    }

    /// What it reads: rows × columns.
    pub fn input(&self) -> GraphValue {
        GraphValue(INPUT.to_owned())
    }

    /// Numbers of a shape.
    pub fn numbers(&mut self, numbers: &[f64], shape: &[usize]) -> GraphValue {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.constant(DOUBLE, &bytes, shape)
    }

    /// A single number, which goes with any shape.
    pub fn number(&mut self, number: f64) -> GraphValue {
        self.numbers(&[number], &[1, 1])
    }

    /// Whole numbers in a list.
    pub fn places(&mut self, places: &[usize]) -> GraphValue {
        let whole = |&place: &usize| i64::try_from(place).unwrap_or(i64::MAX).to_le_bytes();
        let bytes: Vec<u8> = places.iter().flat_map(whole).collect();
        self.constant(INT64, &bytes, &[places.len()])
    }

    fn constant(&mut self, kind: i64, bytes: &[u8], shape: &[usize]) -> GraphValue {
        let dims: Vec<i64> = shape.iter().map(|&size| count(size)).collect();
        let tensor = |name: &str| tensor(kind, &dims, bytes).text(8, name);
        let key = tensor("").into_bytes();
        let next = format!("constant_{}", self.constants.len());
        let name = self.names.entry(key).or_insert_with(|| {
            self.constants.push(tensor(&next));
            next
        });
        GraphValue(name.clone())
    }

    /// What an operator makes of values.
    pub fn apply(&mut self, operator: &str, inputs: &[&GraphValue]) -> GraphValue {
        self.node("", operator, inputs, &[])
    }

    /// The sum over the columns of each row, in one column.
    pub fn row_sums(&mut self, value: &GraphValue) -> GraphValue {
        let axes = self.places(&[1]);
        self.node("", "ReduceSum", &[value, &axes], &[Attribute::Int("keepdims", 1)])
    }

    /// Some of the columns, in this order.
    pub fn columns(&mut self, value: &GraphValue, places: &[usize]) -> GraphValue {
        let places = self.places(places);
        self.node("", "Gather", &[value, &places], &[Attribute::Int("axis", 1)])
    }

    /// Columns side by side.
    pub fn beside(&mut self, values: &[&GraphValue]) -> GraphValue {
        match values {
            [one] => (*one).clone(),
            values => self.node("", "Concat", values, &[Attribute::Int("axis", 1)]),
        }
    }

    /// One column with the same number in each row.
    pub fn same(&mut self, number: f64) -> GraphValue {
        let shape = self.apply("Shape", &[&self.input()]);
        let (first, one) = (self.places(&[0]), self.places(&[1]));
        let rows = self.apply("Gather", &[&shape, &first]);
        let shape = self.node("", "Concat", &[&rows, &one], &[Attribute::Int("axis", 0)]);
        let number = self.number(number);
        self.apply("Expand", &[&number, &shape])
    }

    /// a + b.
    pub fn add(&mut self, a: &GraphValue, b: &GraphValue) -> GraphValue {
        self.apply("Add", &[a, b])
    }

    /// a − b.
    pub fn subtract(&mut self, a: &GraphValue, b: &GraphValue) -> GraphValue {
        self.apply("Sub", &[a, b])
    }

    /// a times a number.
    pub fn times(&mut self, a: &GraphValue, factor: f64) -> GraphValue {
        let factor = self.number(factor);
        self.apply("Mul", &[a, &factor])
    }

    /// a plus a number.
    pub fn plus(&mut self, a: &GraphValue, number: f64) -> GraphValue {
        let number = self.number(number);
        self.apply("Add", &[a, &number])
    }

    /// a², number by number.
    pub fn square(&mut self, a: &GraphValue) -> GraphValue {
        self.apply("Mul", &[a, a])
    }

    /// a, but at least and at most so much.
    pub fn clamp(&mut self, a: &GraphValue, least: f64, most: f64) -> GraphValue {
        let (least, most) = (self.numbers(&[least], &[]), self.numbers(&[most], &[]));
        self.apply("Clip", &[a, &least, &most])
    }

    pub(super) fn trees(&mut self, input: &GraphValue, attributes: &[Attribute]) -> GraphValue {
        self.node(ML, "TreeEnsemble", &[input], attributes)
    }

    fn node(
        &mut self,
        domain: &str,
        operator: &str,
        inputs: &[&GraphValue],
        attributes: &[Attribute],
    ) -> GraphValue {
        self.count += 1;
        let output = format!("{operator}_{}", self.count);
        self.named(domain, operator, inputs, attributes, &output);
        GraphValue(output)
    }

    fn named(
        &mut self,
        domain: &str,
        operator: &str,
        inputs: &[&GraphValue],
        attributes: &[Attribute],
        output: &str,
    ) {
        let node = inputs.iter().fold(Message::new(), |node, input| node.text(1, &input.0));
        let node = node.text(2, output).text(3, output).text(4, operator);
        self.nodes.push(node.messages(5, attributes, Attribute::message).text(7, domain));
    }

    /// Gives a value with so many columns as an output of this name.
    pub fn output(&mut self, name: &str, value: &GraphValue, columns: usize) {
        self.named("", "Identity", &[value], &[], name);
        self.outputs.push((name.to_owned(), columns));
    }

    /// The bytes of a file with the graph, which reads so many columns.
    pub fn into_file(self, columns: usize, metadata: &Metadata) -> Vec<u8> {
        let graph = Message::new().messages(1, &self.nodes, Message::clone).text(2, "graf");
        let graph = graph.messages(5, &self.constants, Message::clone);
        let graph = graph.message(11, &described(INPUT, columns));
        let graph = graph.messages(12, &self.outputs, |(name, columns)| described(name, *columns));
        let opset = |domain, version| Message::new().text(1, domain).int(2, version);
        Message::new()
            .int(1, IR)
            .text(2, "graf")
            .text(3, env!("CARGO_PKG_VERSION"))
            .message(7, &graph)
            .message(8, &opset("", OPSET))
            .message(8, &opset(ML, ML_OPSET))
            .messages(14, metadata, |(name, text)| Message::new().text(1, name).text(2, text))
            .into_bytes()
    }
}

/// A count as the format has it.
pub(super) fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn tensor(kind: i64, dims: &[i64], bytes: &[u8]) -> Message {
    Message::new().ints(1, dims).int(2, kind).bytes(9, bytes)
}

/// The type of an input or output: any number of rows, so many columns.
fn described(name: &str, columns: usize) -> Message {
    let rows = Message::new().text(2, "rows");
    let columns = Message::new().int(1, count(columns));
    let shape = Message::new().message(1, &rows).message(1, &columns);
    let tensor = Message::new().int(1, DOUBLE).message(2, &shape);
    Message::new().text(1, name).message(2, &Message::new().message(1, &tensor))
}

impl Attribute<'_> {
    fn message(&self) -> Message {
        const INT: i64 = 2;
        const TENSOR: i64 = 4;
        const INTS: i64 = 7;
        let named = |name: &str, kind| Message::new().text(1, name).int(20, kind);
        match self {
            Attribute::Int(name, value) => named(name, INT).int(3, *value),
            Attribute::Ints(name, values) => named(name, INTS).ints(8, values),
            Attribute::Doubles(name, values) => {
                let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
                named(name, TENSOR).message(5, &tensor(DOUBLE, &[count(values.len())], &bytes))
            }
            Attribute::Bytes(name, values) => {
                named(name, TENSOR).message(5, &tensor(UINT8, &[count(values.len())], values))
            }
        }
    }
}
