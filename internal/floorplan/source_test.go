package floorplan

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// module is the path of the module that is checked.
const module = "galena"

// source is a package as its files say it is.
type source struct {
	dir       string
	commented bool // it has a package comment
	shipped   []*file
}

// file is a Go file that is no test.
type file struct {
	name    string
	imports []string
	// names are the selectors used of imported packages: import path, name, place.
	names []use
}

type use struct {
	path, name string
	line       int
}

// read parses all Go files below the root, by the folder of their package.
func read(root fs.FS) (map[string]*source, error) {
	found := map[string]*source{}
	files := token.NewFileSet()
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() {
			if name != "." && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(base) != ".go" {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(files, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := path.Dir(name)
		s := found[dir]
		if s == nil {
			s = &source{dir: dir}
			found[dir] = s
		}
		s.commented = s.commented || strings.HasPrefix(tree.Doc.Text(), "Package ") || strings.HasPrefix(tree.Doc.Text(), "Command ")
		if !strings.HasSuffix(base, "_test.go") {
			s.shipped = append(s.shipped, readFile(files, name, tree))
		}
		return nil
	})
	return found, err
}

func readFile(files *token.FileSet, name string, tree *ast.File) *file {
	f := &file{name: name}
	local := map[string]string{} // the name of an import within the file → its path
	for _, spec := range tree.Imports {
		// The parser let only quoted paths through.
		imported, _ := strconv.Unquote(spec.Path.Value)
		f.imports = append(f.imports, imported)
		as := path.Base(imported)
		if spec.Name != nil {
			as = spec.Name.Name
		}
		local[as] = imported
		if as == "." {
			f.names = append(f.names, use{imported, ".", files.Position(spec.Pos()).Line})
		}
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := selector.X.(*ast.Ident); ok && local[x.Name] != "" {
				f.names = append(f.names, use{local[x.Name], selector.Sel.Name, files.Position(n.Pos()).Line})
			}
		}
		return true
	})
	return f
}
