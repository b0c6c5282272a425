" Vim syntax file for yolos scripts. See docs/language.md.
if exists('b:current_syntax')
  finish
endif

syntax keyword yolosStatement param def return assert include
syntax keyword yolosConditional if else
syntax keyword yolosRepeat for in
syntax keyword yolosOperator and or not
syntax keyword yolosBoolean true false
syntax keyword yolosConstant none
syntax match yolosFunction /\<\%(abs\|ceil\|floor\|join\|len\|lower\|max\|mean\|median\|min\|number\|range\|reversed\|round\|sorted\|split\|sqrt\|sum\|text\|type\|upper\)\ze(/
syntax match yolosNumber /\<\d[0-9_]*\%(\.\d[0-9_]*\)\?\%([eE][+-]\?\d\+\)\?\>/

" A command: the first word of a statement, of a right side or of a parenthesis, with an argument.
syntax match yolosCommand /\%(^\s*\|+\?=\s\+\|(\|{\s*\|\<return\s\+\)\@<=\<\%(param\|if\|for\|def\|return\|assert\|include\|not\|true\|false\|none\)\@!\h\w*\>\ze\s\+\%(["(\[a-zA-Z0-9_]\|-\S\)\%(\<\%(nd\|r\|n\|ot\)\>\s\)\@!/
" An option has no blank before its equals sign.
syntax match yolosOption /\s\@<=\<\h\w*\ze=[^= ]/
syntax match yolosMember /\.\@<=\h\w*/

syntax match yolosEscape /\\["\\nrt]\|\\u{\x\+}/ contained
syntax match yolosBraces /{{\|}}/ contained
syntax region yolosInterpolation matchgroup=yolosDelimiter start=/{{\@!/ end=/}/ contained oneline
      \ contains=yolosNumber,yolosFunction,yolosOperator,yolosMember,yolosString,yolosFormat
syntax match yolosFormat /:[^}"]*\ze}/ contained
syntax region yolosString start=/"/ skip=/\\./ end=/"/ oneline
      \ contains=yolosEscape,yolosBraces,yolosInterpolation

syntax match yolosProse /^\s*#\%(\s.*\)\?$/ contains=yolosHeading,yolosCode,yolosBraces,yolosInterpolation
syntax match yolosHeading /\%(^\s*#\s\)\@<=#\{1,6}\s.*$/ contained contains=yolosBraces,yolosInterpolation
syntax match yolosCode /`[^`]*`/ contained
syntax match yolosComment /##.*$/ contains=@Spell
syntax match yolosShebang /\%^#!.*$/

highlight default link yolosStatement Statement
highlight default link yolosConditional Conditional
highlight default link yolosRepeat Repeat
highlight default link yolosOperator Operator
highlight default link yolosBoolean Boolean
highlight default link yolosConstant Constant
highlight default link yolosFunction Function
highlight default link yolosCommand Function
highlight default link yolosOption Identifier
highlight default link yolosMember Identifier
highlight default link yolosNumber Number
highlight default link yolosString String
highlight default link yolosEscape SpecialChar
highlight default link yolosBraces SpecialChar
highlight default link yolosDelimiter Delimiter
highlight default link yolosFormat Special
highlight default link yolosProse Normal
highlight default link yolosHeading Title
highlight default link yolosCode Constant
highlight default link yolosComment Comment
highlight default link yolosShebang PreProc

let b:current_syntax = 'yolos'
