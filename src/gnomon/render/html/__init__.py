"""One page that holds everything that runs of gnomon have told: no network, no need of a script, nothing hidden."""
