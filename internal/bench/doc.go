// Package bench measures how fast Galena takes events in, folds them, and tries
// another playbook on a history, each beside a plain program that does less, in
// the same run and taking turns with it. Rates of one machine say little, and
// those of a shared one less; the ratio says what knowing people, scoring them
// and deciding costs.
//
// It makes its own load, from a seed. It changes nothing that it measures, and
// touches no workspace but those that it makes itself and removes.
package bench
