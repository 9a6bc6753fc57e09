// Package sim invents a company that sells software to other companies, and the
// people who come to it: what they are, what they want, and the events that
// their wanting leaves behind.
//
// Everything follows from a seed: on one kind of machine, the same seed gives the
// same people and the same events to the byte, whoever asks and whenever. The
// package reads no clock and draws no chance but its own. All names are made up,
// all domains lie under .example.
//
// A person has a hidden intent, between 0 and 1, that depends on what they are
// and where they work, and that decides how often they return, what they read
// and what they ask for. No event says it: to find it again from the events is
// what scoring is for.
package sim
