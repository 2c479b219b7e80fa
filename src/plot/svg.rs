//! The finished chart, and what is done to the text plotters wrote.
//!
//! plotters writes fixed pixel sizes, no accessible name, and line feeds inside text elements. Here
//! the root tag is replaced (only the `viewBox` stays), the name and description are added, text is
//! trimmed, and the standalone variant gets its own style sheet and ground.

use std::fmt::Write as _;

use super::labels::clean;
use super::theme::{self, Paint};

/// One drawn chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Svg {
    title: String,
    description: String,
    /// Elements inside the root, in canvas units, one per line.
    body: String,
    /// Canvas units: CSS pixels times [`super::canvas::FINE`].
    size: (u32, u32),
}

impl Svg {
    /// A chart from the document plotters wrote on a canvas of `size`.
    pub fn new(title: &str, description: &str, drawn: &str, size: (u32, u32)) -> Svg {
        let (title, description) = (clean(title), clean(description));
        Svg { title, description, body: tidy(drawn), size }
    }

    /// The chart's name.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The chart in words: what it shows and finds, with names in full.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// An element for a page that carries [`theme::page_css`]. `id` distinguishes the figures of a
    /// page; characters that cannot stand in an id become `-`.
    pub fn inline(&self, id: &str) -> String {
        self.render(id, "")
    }

    /// A file of its own, with style and ground, light or dark as the reader prefers.
    pub fn standalone(&self) -> String {
        let (width, height) = self.size;
        let surface = Paint::Surface.hex();
        let before = format!(
            "<style>\n{}</style>\n<rect width=\"{width}\" height=\"{height}\" fill=\"{surface}\"/>\n",
            theme::standalone_css()
        );
        self.render("plot", &before)
    }

    fn render(&self, id: &str, before: &str) -> String {
        let id = identifier(id);
        let (width, height) = self.size;
        let (title, description) = (escape(&self.title), escape(&self.description));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" viewBox=\"0 0 {width} {height}\" \
             role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\n\
             <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-desc\">{description}</desc>\n\
             {before}{}</svg>\n",
            self.body
        )
    }
}

/// `text` with the five characters that mean something to XML replaced.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn identifier(id: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    let id: String = id.chars().map(safe).collect();
    if id.starts_with(|c: char| c.is_ascii_alphabetic()) { id } else { format!("plot{id}") }
}

/// The elements of a plotters document: without root, one per line, attributes that say nothing
/// (`opacity="1"`) dropped.
fn tidy(drawn: &str) -> String {
    let inner = drawn.find('>').map_or("", |end| &drawn[end + 1..]);
    let inner = inner.trim_end().strip_suffix("</svg>").unwrap_or(inner);
    let mut body = String::with_capacity(inner.len());
    for line in inner.lines() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if !line.starts_with('<') {
            body.push_str(line);
        } else if line == "</text>" {
            body.push_str("</text>\n");
        } else {
            let line = line.replace(" opacity=\"1\"", "").replace(" \"/>", "\"/>");
            let end = if line.starts_with("<text") { "" } else { "\n" };
            let _ = write!(body, "{line}{end}");
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Svg {
        let drawn = "<svg width=\"40\" height=\"20\" viewBox=\"0 0 40 20\" xmlns=\"x\">\n\
                     <text x=\"1\" opacity=\"1\">\na &lt; b\n</text>\n\
                     <line opacity=\"0.5\" x1=\"1\"/>\n</svg>\n";
        Svg::new("<script>", "it's \"q\" & \u{0}", drawn, (40, 20))
    }

    #[test]
    fn the_root_keeps_only_its_view_box_and_gains_a_name() {
        let text = sample().inline("fig 1");
        assert!(text.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" viewBox=\"0 0 40 20\" role=\"img\" aria-labelledby=\"fig-1-title fig-1-desc\">"));
        assert!(text.contains("<title id=\"fig-1-title\">&lt;script&gt;</title>"));
        assert!(text.contains("it&#39;s &quot;q&quot; &amp; \u{FFFD}</desc>"));
        assert!(
            text.contains(
                "<text x=\"1\">a &lt; b</text>\n<line opacity=\"0.5\" x1=\"1\"/>\n</svg>"
            )
        );
        assert!(!text.contains("width=") && !text.contains("<style"));
    }

    #[test]
    fn standalone_brings_style_and_ground() {
        let text = sample().standalone();
        assert!(text.contains("<style>") && text.contains("prefers-color-scheme: dark"));
        assert!(text.contains("<rect width=\"40\" height=\"20\" fill=\"#FFFFFF\"/>"));
        assert_eq!(text.matches("<svg").count(), 1);
    }

    #[test]
    fn ids_are_safe() {
        assert_eq!(identifier("a\"><script>"), "a---script-");
        assert_eq!(identifier("1"), "plot1");
        assert_eq!(identifier(""), "plot");
    }
}
