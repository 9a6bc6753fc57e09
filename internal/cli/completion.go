package cli

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"
	"text/template"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

func (c *completionCmd) Help() string {
	return "Examples:\n  source <(galena completion bash)                                   # in ~/.bashrc\n  galena completion zsh > ~/.zfunc/_galena                           # a folder of fpath\n  galena completion fish > ~/.config/fish/completions/galena.fish"
}

//go:embed completion.tmpl
var completionText string

// completionScripts holds a template for each shell. They are given the
// commands, and what they print knows no more than the command line's own model.
var completionScripts = template.Must(template.New("").Funcs(template.FuncMap{"quote": shellQuote, "describe": zshEntry, "join": strings.Join}).Parse(completionText))

func (c *completionCmd) Run(s *session, k *kong.Context) error {
	var script bytes.Buffer
	if err := completionScripts.ExecuteTemplate(&script, c.Shell, completionTree("", k.Model.Node)); err != nil {
		return err
	}
	_, err := s.Stdout.Write(script.Bytes())
	return err
}

// completed is a command as far as completing needs it.
type completed struct {
	// At is the words that lead to it, each after a blank; "" for the program.
	At, Help string
	Name     string
	Children []completed
	Flags    []completedFlag
	// Values are what its argument may be, if that is known; Files says that it
	// is the name of a file, or may be.
	Values []string
	Files  bool
}

type completedFlag struct {
	Name, Help string
	Value      bool // it takes one
	Files      bool // which may be a file's name
	Values     []string
}

// All is the command and all below it.
func (c completed) All() []completed {
	all := []completed{c}
	for _, child := range c.Children {
		all = append(all, child.All()...)
	}
	return all
}

// Words are what may stand at the command besides flags.
func (c completed) Words() string {
	words := slices.Clone(c.Values)
	for _, child := range c.Children {
		words = append(words, child.Name)
	}
	return strings.Join(words, " ")
}

// FlagWords are the command's flags as words.
func (c completed) FlagWords() string {
	words := make([]string, len(c.Flags))
	for i, f := range c.Flags {
		words[i] = "--" + f.Name
	}
	return strings.Join(words, " ")
}

func completionTree(at string, n *kong.Node) completed {
	c := completed{At: at, Name: n.Name, Help: firstSentence(n.Help)}
	for _, child := range n.Children {
		if !child.Hidden {
			c.Children = append(c.Children, completionTree(at+" "+child.Name, child))
		}
	}
	for _, group := range n.AllFlags(true) {
		for _, f := range group {
			flag := completedFlag{Name: f.Name, Help: firstSentence(f.Help), Value: !f.IsBool()}
			if f.Enum != "" {
				flag.Values = f.EnumSlice()
			}
			flag.Files = flag.Value && (f.Tag.Type == "path" || f.PlaceHolder == "FILE")
			c.Flags = append(c.Flags, flag)
		}
	}
	for _, p := range n.Positional {
		if p.Enum != "" {
			c.Values = p.EnumSlice()
		} else {
			c.Files = true
		}
	}
	return c
}

// firstSentence keeps what fits beside a word.
func firstSentence(help string) string {
	sentence, _, _ := strings.Cut(help, ". ")
	sentence, _, _ = strings.Cut(sentence, " (default")
	return strings.TrimSuffix(sentence, ".")
}

// shellQuote makes one word of a text, for all three shells: fish alone reads
// backslashes within quotes, and no text here has any.
func shellQuote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", "'\"'\"'") + "'"
}

// zshEntry is a word with its description.
func zshEntry(word, help string) string {
	return shellQuote(strings.ReplaceAll(word, ":", `\:`) + ":" + help)
}
