// Package privacy says what a workspace keeps of people and for how long: its
// policy, and what the policy makes of an address and of an age.
//
// It keeps nothing and erases nobody; what it says is done where events are taken
// in and by package pipeline.
package privacy
