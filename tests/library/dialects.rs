//! Encodings and tables as other tools write them: what they say reads back, and nothing near them panics.

use graf::space::{self, SPACES};
use graf::table::{Format, Value};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::table_support::{read_as, read_format};

/// The numbers of a text as Python's libraries print them.
fn with_numbers(text: &str, print: impl Fn(&str) -> String) -> String {
    let mut printed = String::new();
    let mut digits = String::new();
    for character in text.chars().chain([' ']) {
        if character.is_ascii_digit() {
            digits.push(character);
        } else {
            if !digits.is_empty() {
                printed += &print(&std::mem::take(&mut digits));
            }
            printed.push(character);
        }
    }
    printed
}

proptest! {
    #[test]
    fn tuples_read_the_same_however_python_prints_them(
        space in proptest::sample::select(SPACES.to_vec()),
        seed: u64,
    ) {
        let text = crate::networks::random(space.name(), &mut StdRng::seed_from_u64(seed));
        prop_assume!(text.starts_with('('));
        let network = space.read(&text).unwrap();
        let list = text.replace('(', "[").replace(')', "]");
        for printed in [
            with_numbers(&text, |digits| format!("np.int64({digits})")),
            with_numbers(&text, |digits| format!("{digits}.0")),
            with_numbers(&list, |digits| format!("{digits}.")),
            list.replace(',', ""),
            list.replace(", ", "\n "),
            format!("array({list})"),
            format!("np.array({list}, dtype=object)"),
        ] {
            prop_assert_eq!(&space.read(&printed).unwrap(), &network, "{}", printed);
        }
    }

    #[test]
    fn written_dictionaries_read_the_same_as_python(seed: u64) {
        for (name, encodings) in [
            ("nasbench101", &["module", "matrix"][..]),
            ("nasbench201", &["nodes"]),
            ("nasbench301", &["json", "config"]),
            ("nasbench-graph", &["lists"]),
        ] {
            let space = space::by_name(name).unwrap();
            let text = crate::networks::random(name, &mut StdRng::seed_from_u64(seed));
            let network = space.read(&text).unwrap();
            for encoding in encodings {
                let written = (space.encoding(encoding).unwrap().write)(&network).unwrap();
                let again = space.read(&written).unwrap();
                let python = written.replace('"', "'").replace(':', ": ").replace(": darts: ", ":darts:");
                prop_assert_eq!(&space.read(&python).unwrap(), &again, "{}", python);
                let numpy = with_numbers(&python, str::to_owned).replace("],[", "]\n [");
                prop_assert_eq!(&space.read(&numpy).unwrap(), &again, "{}", numpy);
            }
        }
    }

    #[test]
    fn nothing_near_a_dialect_panics(
        dialect in proptest::sample::select(DIALECTS.to_vec()),
        at: proptest::sample::Index,
        with in "[()\\[\\]{}'\",:=0-9.a-zA-Z_ \\\\#\u{e9}-]{0,4}",
        cut: bool,
    ) {
        let mut chars: Vec<char> = dialect.chars().collect();
        let at = at.index(chars.len());
        let end = if cut { chars.len() } else { at + 1 };
        chars.splice(at..end, with.chars());
        let text: String = chars.into_iter().collect();
        for space in SPACES {
            if let Ok(network) = space.read(&text) {
                for encoding in space.encodings() {
                    // Some encodings cannot say everything.
                    if let Ok(written) = (encoding.write)(&network) {
                        prop_assert!(space.read_as(Some(encoding.name), &written).is_ok(), "{}", written);
                    }
                }
            }
        }
    }
}

/// A text of each dialect.
const DIALECTS: [&str; 12] = [
    "{'hp_x0': 'none', 'hp_x1': 'none', 'hp_x2': 'none', 'hp_x3': 'none', 'hp_x4': 'none', 'hp_x5': 'none'}",
    "Configuration(values={'Op1': 1, 'Op2': np.int64(0), 'Op3': 4, 'Op4': 2, 'Op5': 3, 'Op6': '2'})",
    "{\"1<-0\": \"none\", \"2<-0\": \"none\", \"2<-1\": \"none\", \"3<-0\": \"none\", \"3<-1\": \"none\", \"3<-2\": null}",
    "{'matrix': array([[0, 1, 1], [0, 0, 1], [0, 0, 0]]), 'ops': ['input', 'maxpool3x3', 'output']}",
    "[[[0., 1., 0.]\n [0., 0., 1.]\n [0., 0., 0.]], ['input' 'skip_connect' 'output']]",
    "{'op1': 'maxpool3x3', 'input1': [0], 'input2': [0, 1]}",
    "X = Genotype(normal=[('none', 0), ('skip_connect', 0), ('sep_conv_3x3', 0), ('none', 2), ('dil_conv_3x3', 1), \
     ('max_pool_3x3', 3), ('skip_connect', 0), ('sep_conv_3x3', 4)], normal_concat=range(3, 6), reduce=[(('max_pool_3x3', 0), \
     ('avg_pool_3x3', 1)), (('skip_connect', 2), ('max_pool_3x3', 1)), (('max_pool_3x3', 0), ('skip_connect', 2)), \
     (('skip_connect', 2), ('dil_conv_5x5', 1))], reduce_concat=[5], connectN=None)",
    "{'type': 'darts', 'genotype': {'normal': [['none', 0, 2], ['none', 1, 2]], 'reduce': []}}",
    "{'normal/op_2_0': 'none', 'normal/input_2_0': [0]}",
    "Arch([0, 1, 2, 1], ['gcn', 'gin', 'fc', 'cheb'])",
    "{'link': 12, 'ops': 'gcn|gin|fc|cheb'}",
    "1_02_333",
];

/// A table of texts and numbers, its columns by their names.
fn table() -> impl Strategy<Value = (Vec<String>, Vec<Vec<serde_json::Value>>)> {
    let value = prop_oneof![
        any::<i32>().prop_map(serde_json::Value::from),
        "[a-z \"\\\\é,:{}\\[\\]NI]{0,6}".prop_map(serde_json::Value::from),
        Just(serde_json::json!([1, {"a": "NaN"}])),
    ];
    let columns = proptest::collection::hash_set("[a-df-z]{1,5}", 1..4);
    columns.prop_flat_map(move |columns| {
        let columns: Vec<String> = columns.into_iter().chain(["arch".to_owned()]).collect();
        let width = columns.len();
        let rows = proptest::collection::vec(proptest::collection::vec(value.clone(), width), 1..5);
        (Just(columns), rows)
    })
}

/// What a table holds of a value.
fn value_of(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::String(text) => Value::Text(text.as_str().into()),
        other => Value::Json(other.to_string().into()),
    }
}

proptest! {
    #[test]
    fn every_orient_reads_back((columns, rows) in table()) {
        let object = |row: &Vec<serde_json::Value>| {
            serde_json::Value::Object(columns.iter().cloned().zip(row.iter().cloned()).collect())
        };
        let records: Vec<_> = rows.iter().map(object).collect();
        let list = |place: usize| rows.iter().map(|row| row[place].clone()).collect::<Vec<_>>();
        let labelled = |place: usize| {
            let entries = list(place).into_iter().enumerate();
            serde_json::Value::Object(entries.map(|(row, value)| (row.to_string(), value)).collect())
        };
        let by_column = |of: &dyn Fn(usize) -> serde_json::Value| {
            serde_json::Value::Object(columns.iter().cloned().enumerate().map(|(place, name)| (name, of(place))).collect())
        };
        let names = [vec!["arch".to_owned()]];
        for (document, label) in [
            (serde_json::json!(records), None),
            (by_column(&|place| list(place).into()), None),
            (by_column(&labelled), Some("key")),
            (serde_json::json!({"columns": columns, "data": rows}), None),
            (serde_json::json!({"data": records, "schema": {}}), None),
        ] {
            let table = crate::table_support::read_named("a.json", document.to_string(), &names).unwrap();
            prop_assert!(table.broken.is_empty(), "{:?}", table.complaints());
            prop_assert_eq!(table.rows.len(), rows.len());
            let due: std::collections::BTreeSet<_> = columns.iter().map(String::as_str).chain(label).collect();
            prop_assert_eq!(table.columns.iter().map(String::as_str).collect::<std::collections::BTreeSet<_>>(), due);
            for (found, row) in table.rows.iter().zip(&rows) {
                for (name, value) in columns.iter().zip(row) {
                    let place = table.columns.iter().position(|column| column == name).unwrap();
                    prop_assert_eq!(&found.values[place], &value_of(value), "{}", document);
                }
            }
        }
    }

    #[test]
    fn nothing_near_a_table_panics(
        table in proptest::sample::select(TABLES.to_vec()),
        at: proptest::sample::Index,
        with in "[()\\[\\]{}'\",;:=|0-9.a-zA-Z_ \\\\#\n\té-]{0,4}",
        cut: bool,
    ) {
        let (name, text) = table;
        let mut chars: Vec<char> = text.chars().collect();
        let at = at.index(chars.len());
        let end = if cut { chars.len() } else { at + 1 };
        chars.splice(at..end, with.chars());
        let text: String = chars.into_iter().collect();
        let _ = read_as(name, &text);
        for format in Format::ALL {
            let _ = read_format(format, &text);
        }
    }
}

/// A table of each shape.
const TABLES: [(&str, &str); 12] = [
    ("a.json", r#"{"arch": {"0": "(1, 2)", "1": NaN}, "acc": {"0": 1}}"#),
    ("a.json", r#"{"arch": ["(1, 2)", "é\"["], "acc": [1, -Infinity]}"#),
    (
        "a.json",
        r#"{"columns": ["arch", "acc"], "index": ["a", "b"], "data": [["(1, 2)", 3], ["(1)", null]]}"#,
    ),
    ("a.json", r#"{"schema": {"fields": []}, "data": [{"arch": "(1, 2)"}, {"acc": NaN}]}"#),
    ("a.json", r#"{"(1, 2)": 3.5, "(2, 1)": [1, 2]}"#),
    ("a.json", r#"[["arch", "acc"], ["(1, 2)", 3]]"#),
    ("a.json", "[[[1, 2], 3], [[2, 1], Infinity]]"),
    ("a.txt", "(1, [2,\n  3]), 4.5 # x\n|a~0|+|b~0|, 5\n"),
    ("a.txt", "A = Genotype(\n normal=[('a', 0)],\n)\nB = Genotype(x)\n"),
    ("a.py", "import x\nA = Genotype(\n  normal=[('a', 0)], # y\n)\n"),
    ("a.csv", "net;  acc; x\n\"(1; 2)\";  3;4\n"),
    ("a.csv", "net,acc\n1, \"(1, \"\"2)\"\n"),
];

#[test]
fn hostile_dialects_are_refused() {
    for bracket in
        ["[", "(", "{", "array(", "int64(", "[\"", "{'a':", "Genotype(normal=[", "{'genotype': "]
    {
        let deep = bracket.repeat(200_000);
        for space in SPACES {
            assert!(space.read(&deep).is_err());
            assert!(space.read(&format!("[{deep}")).is_err());
            assert!(space.read(&format!("{{'matrix': {deep}")).is_err());
        }
        let _ = read_as("a.txt", &deep);
        let _ = read_as("a.json", &deep);
    }
    let keys: String = (0..2_000).map(|key| format!("'k{key}': 1, ")).collect();
    for space in SPACES {
        assert!(space.read(&format!("{{{keys}}}")).is_err());
        assert!(space.read(&format!("[{}]", "1, ".repeat(1_000_000))).is_err());
    }
    // Lines that are never closed are one record, in linear time.
    let lines = "Genotype(\n".to_owned() + &"(\n".repeat(100_000);
    assert_eq!(read_as("a.txt", lines).unwrap().rows.len(), 1);
    let long = "Genotype(\n".to_owned() + &format!("({}\n", "1".repeat(1_000)).repeat(20_000);
    let error = read_as("a.txt", long).err().unwrap().to_string();
    assert!(error.contains("line 1: a record is longer than 16 MiB"), "{error}");
}
