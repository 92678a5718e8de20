//! Conditions on the columns of networks: `params <= 1.5 and (flops < 100 or not depth > 3)`.
//!
//! ```text
//! condition  = term { "or" term }
//! term       = factor { "and" factor }
//! factor     = "not" factor | "(" condition ")" | comparison
//! comparison = name operator number | number operator name
//! operator   = "<" | "<=" | ">" | ">=" | "=" | "==" | "!="
//! ```
//!
//! A name with other characters than letters, digits, `_`, `.` and `-` stands between backticks or double quotes. A comparison with a
//! missing value does not hold, and neither does its negation by an operator.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::table::clip;

/// A condition on columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    text: String,
    names: Vec<String>,
    root: Node,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Compare(usize, Operator, f64),
    Not(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operator {
    Less,
    AtMost,
    Greater,
    AtLeast,
    Equal,
    Differs,
}

impl Operator {
    /// The operator with its sides exchanged.
    fn turned(self) -> Self {
        match self {
            Operator::Less => Operator::Greater,
            Operator::AtMost => Operator::AtLeast,
            Operator::Greater => Operator::Less,
            Operator::AtLeast => Operator::AtMost,
            same => same,
        }
    }

    fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Operator::Less => value < bound,
            Operator::AtMost => value <= bound,
            Operator::Greater => value > bound,
            Operator::AtLeast => value >= bound,
            Operator::Equal => value.total_cmp(&bound).is_eq(),
            Operator::Differs => !value.is_nan() && value.total_cmp(&bound).is_ne(),
        }
    }
}

/// Why a text is not a condition.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "expected {expected} at character {at}, found {found}; write, for example, params<=1.5 and flops<100"
)]
pub struct ConditionError {
    /// What would have fitted.
    pub expected: &'static str,
    /// Where, counted from 1.
    pub at: usize,
    /// What stands there.
    pub found: String,
}

/// The deepest nesting.
const DEEPEST: usize = 64;

/// The longest condition, in characters.
const LONGEST: usize = 10_000;

impl Condition {
    /// The names of its columns, each once.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether it holds for the values of its columns, in the order of their names; NaN where one is missing.
    pub fn holds(&self, values: &[f64]) -> bool {
        holds(&self.root, values)
    }
}

fn holds(node: &Node, values: &[f64]) -> bool {
    match node {
        Node::Compare(name, operator, bound) => operator.holds(values[*name], *bound),
        Node::Not(inner) => !holds(inner, values),
        Node::And(one, other) => holds(one, values) && holds(other, values),
        Node::Or(one, other) => holds(one, values) || holds(other, values),
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl FromStr for Condition {
    type Err = ConditionError;

    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let length = text.chars().count();
        if length > LONGEST {
            let found = format!("{length} characters");
            return Err(ConditionError { expected: "a shorter condition", at: LONGEST, found });
        }
        let mut parser = Parser { tokens: tokens(text)?, next: 0, names: Vec::new(), length };
        let root = parser.any(0)?;
        if parser.next < parser.tokens.len() {
            return Err(parser.fault("and, or, or the end"));
        }
        Ok(Condition { text: text.to_owned(), names: parser.names, root })
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Number(f64),
    Operator(Operator),
    Open,
    Close,
    And,
    Or,
    Not,
}

/// The tokens of a text, each with where it begins and how it is written.
fn tokens(text: &str) -> Result<Vec<(Token, usize, String)>, ConditionError> {
    let letters: Vec<char> = text.chars().collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < letters.len() {
        let begin = at;
        let letter = letters[at];
        at += 1;
        let token = match letter {
            _ if letter.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            '<' | '>' | '=' | '!' => {
                let is_equal = letters.get(at) == Some(&'=');
                at += usize::from(is_equal);
                Token::Operator(match (letter, is_equal) {
                    ('<', false) => Operator::Less,
                    ('<', true) => Operator::AtMost,
                    ('>', false) => Operator::Greater,
                    ('>', true) => Operator::AtLeast,
                    ('=', _) => Operator::Equal,
                    ('!', true) => Operator::Differs,
                    _ => return Err(fault("!=", begin, "!")),
                })
            }
            '`' | '"' => {
                while letters.get(at).is_some_and(|&other| other != letter) {
                    at += 1;
                }
                if at == letters.len() {
                    return Err(fault("the end of a quoted name", begin, "the end"));
                }
                at += 1;
                Token::Name(letters[begin + 1..at - 1].iter().collect())
            }
            _ => {
                let is_word = |place: usize| {
                    let Some(&letter) = letters.get(place) else { return false };
                    // The sign of an exponent belongs to a number.
                    let is_exponent = matches!(letter, '+')
                        && matches!(letters[place - 1], 'e' | 'E')
                        && (letters[begin].is_ascii_digit() || "+-.".contains(letters[begin]));
                    letter.is_alphanumeric() || "_.-".contains(letter) || is_exponent
                };
                if !(letter.is_alphanumeric() || "_.-+".contains(letter)) {
                    return Err(fault(
                        "a name, a number or an operator",
                        begin,
                        &letter.to_string(),
                    ));
                }
                while is_word(at) {
                    at += 1;
                }
                word(&letters[begin..at].iter().collect::<String>())
            }
        };
        found.push((token, begin + 1, letters[begin..at].iter().collect()));
    }
    Ok(found)
}

fn word(text: &str) -> Token {
    match text.to_ascii_lowercase().as_str() {
        "and" => Token::And,
        "or" => Token::Or,
        "not" => Token::Not,
        _ => match text.parse::<f64>().ok().filter(|number| number.is_finite()) {
            Some(number) => Token::Number(number),
            None => Token::Name(text.to_owned()),
        },
    }
}

fn fault(expected: &'static str, at: usize, found: &str) -> ConditionError {
    ConditionError { expected, at: at + 1, found: clip(found) }
}

struct Parser {
    tokens: Vec<(Token, usize, String)>,
    next: usize,
    names: Vec<String>,
    length: usize,
}

impl Parser {
    fn fault(&self, expected: &'static str) -> ConditionError {
        match self.tokens.get(self.next) {
            Some((_, at, text)) => fault(expected, at - 1, text),
            None => ConditionError { expected, at: self.length + 1, found: "the end".to_owned() },
        }
    }

    /// Whether the next token is this one, which is taken then.
    fn takes(&mut self, token: &Token) -> bool {
        let is_next = self.tokens.get(self.next).is_some_and(|(next, ..)| next == token);
        self.next += usize::from(is_next);
        is_next
    }

    fn any(&mut self, depth: usize) -> Result<Node, ConditionError> {
        let mut node = self.all(depth)?;
        while self.takes(&Token::Or) {
            node = Node::Or(Box::new(node), Box::new(self.all(depth)?));
        }
        Ok(node)
    }

    fn all(&mut self, depth: usize) -> Result<Node, ConditionError> {
        let mut node = self.factor(depth)?;
        while self.takes(&Token::And) {
            node = Node::And(Box::new(node), Box::new(self.factor(depth)?));
        }
        Ok(node)
    }

    fn factor(&mut self, depth: usize) -> Result<Node, ConditionError> {
        if depth > DEEPEST {
            return Err(self.fault("fewer levels of brackets"));
        }
        if self.takes(&Token::Not) {
            return Ok(Node::Not(Box::new(self.factor(depth + 1)?)));
        }
        if self.takes(&Token::Open) {
            let node = self.any(depth + 1)?;
            return if self.takes(&Token::Close) { Ok(node) } else { Err(self.fault("`)`")) };
        }
        let left = self.side("a comparison of a column")?;
        let Some((Token::Operator(operator), ..)) = self.tokens.get(self.next) else {
            return Err(self.fault("<, <=, >, >=, = or !="));
        };
        let operator = *operator;
        self.next += 1;
        let place = self.next;
        let right = self.side("a number")?;
        match (left, right) {
            (Token::Name(name), Token::Number(bound)) => {
                Ok(Node::Compare(self.place(name), operator, bound))
            }
            (Token::Number(bound), Token::Name(name)) => {
                Ok(Node::Compare(self.place(name), operator.turned(), bound))
            }
            (left, _) => {
                self.next = place;
                let is_name = matches!(left, Token::Name(_));
                Err(self.fault(if is_name { "a number" } else { "the name of a column" }))
            }
        }
    }

    /// A name or a number.
    fn side(&mut self, expected: &'static str) -> Result<Token, ConditionError> {
        match self.tokens.get(self.next) {
            Some((token @ (Token::Name(_) | Token::Number(_)), ..)) => {
                let token = token.clone();
                self.next += 1;
                Ok(token)
            }
            _ => Err(self.fault(expected)),
        }
    }

    fn place(&mut self, name: String) -> usize {
        let place = self.names.iter().position(|known| *known == name);
        place.unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, values: &[f64]) -> bool {
        text.parse::<Condition>().unwrap().holds(values)
    }

    #[test]
    fn comparisons_and_their_combinations() {
        for (text, values, expected) in [
            ("params<=1.5", &[1.5][..], true),
            ("params < 1.5", &[1.5], false),
            ("1.5 >= params", &[1.5], true),
            ("-1e+3 < x", &[0.0], true),
            ("a<1 or b<1 and c<1", &[0.0, 9.0, 9.0], true),
            ("(a<1 or b<1) and c<1", &[0.0, 9.0, 9.0], false),
            ("not a = 2", &[2.0], false),
            ("a != 2 AND `odd name(x)` == 3", &[1.0, 3.0], true),
            ("a<1 or a>5", &[6.0], true),
            ("a<1", &[f64::NAN], false),
            ("a!=1", &[f64::NAN], false),
        ] {
            assert_eq!(holds(text, values), expected, "{text} {values:?}");
        }
        let two: Condition = "a<1 or a>5 or \"b c\">2".parse().unwrap();
        assert_eq!(two.names(), ["a", "b c"]);
    }

    #[test]
    fn what_is_no_condition_is_refused_where_it_ends_to_be_one() {
        for (text, at, expected) in [
            ("", 1, "a comparison of a column"),
            ("a", 2, "<, <=, >, >=, = or !="),
            ("a<", 3, "a number"),
            ("a<b", 3, "a number"),
            ("1<2", 3, "the name of a column"),
            ("(a<1", 5, "`)`"),
            ("a<1 b<2", 5, "and, or, or the end"),
            ("a<1 and", 8, "a comparison of a column"),
            ("a ! 1", 3, "!="),
            ("`a<1", 1, "the end of a quoted name"),
            ("a<1 & b<2", 5, "a name, a number or an operator"),
        ] {
            let error = text.parse::<Condition>().unwrap_err();
            assert_eq!((error.at, error.expected), (at, expected), "{text}: {error}");
        }
        assert!("(".repeat(1000).parse::<Condition>().is_err());
    }
}
