"""Writers: a report as text for people, or as JSON and SARIF for programs."""
