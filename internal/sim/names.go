package sim

import "strings"

// Given and family names are common ones of several countries, put together at
// random; a person of this name who exists does so by chance.
var (
	givenNames = strings.Fields(`Ada Aisha Alma Amir Ana Anders Anika Arjun Astrid Ben Bianca Carlos Chen Clara
		Dana Daniel Diego Elif Emil Emma Erik Esra Farid Fatima Felix Finn Greta Hana Hugo Ida Ines Ingrid Ivan
		Jana Jonas Julia Kaito Karim Klara Lars Lea Leila Liam Lina Lucas Luisa Maja Marco Mei Milan Mina Nadia
		Nils Nora Olga Omar Oscar Paula Petra Priya Rafael Rosa Samir Sara Selma Sofia Stefan Tara Theo Tomas
		Uma Vera Viktor Wei Yara Yuki Zoe`)
	familyNames = strings.Fields(`Abbas Adler Almeida Andersen Baker Barros Becker Berg Bianchi Blanc Brandt Castro
		Chandra Clark Costa Dahl Demir Diaz Dubois Eklund Farah Fischer Fontaine Garcia Gruber Haas Hansen
		Herrera Hoffmann Holm Iqbal Ito Jansen Kaya Keller Khan Kim Klein Kovac Kumar Larsen Lehmann Lim Lindqvist
		Lopez Marino Martin Meyer Mohr Moreau Nakamura Navarro Nguyen Novak Olsen Ortega Park Patel Pereira
		Peters Ramos Reid Ricci Rossi Roth Sato Schmidt Silva Singh Sorensen Tanaka Tran Varga Vogel Walker Weber
		Wolf Wong Yilmaz Young Zimmer`)
	companyHeads = strings.Fields(`Alder Amber Anchor Arc Aspen Beacon Birch Blue Bright Cedar Cinder Clear Cobalt
		Copper Coral Crest Delta Ember Fern Field Flint Forge Glacier Grain Granite Harbour Hazel Helio Indigo
		Iron Juniper Keel Lark Laurel Linden Lumen Maple Marble Meridian Mill Moss North Oak Onyx Opal Orchard
		Pine Quarry Quill Raven Ridge River Rowan Sable Salt Silver Slate Spruce Stone Summit Tidal Timber Umber
		Vale Vector Willow Winter`)
	companyTails = []string{
		"works", "soft", "line", "data", "grid", "path", "field", "mark", "point", "bridge", "cloud", "logic",
		" Logistics", " Analytics", " Systems", " Partners", " Foods", " Health", " Energy", " Robotics", " Media", " Freight",
	}
	freeDomains = []string{"postbox.example", "freemail.example", "webmail.example", "inbox.example"}
)

// domainOf makes a domain of a company's name.
func domainOf(company string) string {
	return strings.ToLower(strings.ReplaceAll(company, " ", "-")) + ".example"
}
