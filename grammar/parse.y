/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens to tree: each action is one call of a constructor. The parser builds, it does not judge:
 * which statement may stand in which body, and what a name means, is the checker's business.
 *
 * Lists are left-recursive, so that their length costs no stack. After a fault the statement is
 * given up: the cursor goes to its end, or into a block that it still has (`broken`), and what was
 * read of it is dropped.
 */
%require "3.8"
%define api.prefix {egm_}
%define api.pure full
%define api.token.raw               /* a symbol has its token's number: faults.c knows tokens */
%define api.token.prefix {TOK_}
%define api.value.type union
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full              /* what is expected is named exactly */
%locations
%expect 0
%param {struct grammar *g}
%initial-action { @$ = grammar_span(g, 0, 0); }

%code requires {
#include "grammar/tokens.h"

struct list {
	node_id first, last;
};
}

%code {
#include "base/mem.h"

#define YYMAXDEPTH 20000 /* reached by chains such as `not not ...` only; reported as too deep */
#define YYMALLOC mem_new
#define YYFREE mem_free
/* An empty construct stands behind what came before it. */
#define YYLLOC_DEFAULT(whole, parts, n) \
	(whole) = (n) ? span_join(YYRHSLOC(parts, 1), YYRHSLOC(parts, n)) \
		      : after(YYRHSLOC(parts, 0))

/* AST(KIND, span, fields of struct node): a new node. */
#define AST(name, place, ...) \
	ast_add(g->in.ast, &(struct node){ .kind = NODE_##name, .span = place, __VA_ARGS__ })
#define NO_LIST ((struct list){ 0, 0 })
#define ATOM(word) (ast_node(g->in.ast, word)->a)

static struct span after(struct span s);
static int egm_lex(union EGM_STYPE *value, struct span *span, struct grammar *g);
static void egm_error(const struct span *span, struct grammar *g, const char *message);
static struct list more(struct grammar *g, struct list list, node_id n);
static struct list join(struct grammar *g, struct list list, struct list behind);
static struct list statement(struct grammar *g, struct list list, node_id n);
static node_id complete(struct grammar *g, node_id n, enum op op, struct span span, unsigned slot,
	struct list body);
static node_id flagged(struct grammar *g, node_id n, unsigned flags);
static node_id piece(struct grammar *g, struct span span, atom a);
static node_id chain(struct grammar *g, node_id head, struct list behind);
}

%token <atom> NAME "a name" STRING "a string" OF_STRING "a string "
%token <atom> HEAD "text before ${ }" MIDDLE "text between ${ }" TAIL "text behind ${ }"
%token <int64_t> INT "a number"
%token <atom> UNIT "a number with a unit"
%token SEP "the end of the statement" BAD "something that is no token"
%token FOR "`for`" IN "`in`" WHERE "`where`" IF "`if`" THEN "`then`" ELSE "`else`" LET "`let`"
%token AND "`and`" OR "`or`"
%token NOT "`not`" OF "`of`" IS "`is`" TRUE "`true`" FALSE "`false`" ABSENT "`absent`"
%token EXTEND "`extend`"
%token ASSUME "`assume`" BECAUSE "`because`" ONLY "`only`" REQUIRED "`required`"
%token EDITION "`edition`" USE "`use`" INCLUDE "`include`" SITE "`site`" PROFILE "`profile`"
%token PARAM "`param`"
%token ALLOW "`allow`" TEST "`test`" EXPECT "`expect`" PATCH "`patch`" BLOCK "`block`"
%token RECORD "`record`"
%token CONTRACT "`contract`" CHOICE "`choice`" CASE "`case`" TYPE "`type`" TABLE "`table`" FN "`fn`"
%token KIND "`kind`"
%token VALUES "`values`" LABEL "`label`" ANNOTATION "`annotation`" RULE "`rule`" REFERS "`refers`"
%token MUST "`must`"
%token AT "`at`" SAYS "`says`" HELP "`help`" SHOWS "`shows`" SEE "`see`" FIX "`fix`" FAILS "`fails`"
%token PASSES "`passes`" FROM "`from`" ROW "`from` " BY "`by`" TO "`to`" ACROSS "`across`"
%token ONCE "`once`"
%token WEAKENS "`weakens`" WHEN "`when`" REF "`ref`" OBJECT "`object`" LIST "`list`" SET "`set`"
%token MAP "`map`"
%token MAX "`max`" MATCHING "`matching`"
%token ASSIGN "`=`" ADD "`+=`" EQ "`==`" NE "`!=`" LT "`<`" LE "`<=`" GT "`>`" GE "`>=`" PLUS "`+`"
%token MINUS "`-`"
%token TIMES "`*`" OVER "`/`" BAR "`|`" COMMA "`,`" COLON "`:`" QUESTION "`?`" DOT "`.`" DOTS "`..`"
%token LPAREN "`(`" RPAREN "`)`" LBRACKET "`[`" RBRACKET "`]`" LBRACE "`{`" RBRACE "`}`"
%token END 0 "the end of the file"

%precedence ELSE
%left OR
%left AND
%precedence NOT
%nonassoc EQ NE LT LE GT GE IN IS
%left PLUS MINUS
%left TIMES OVER
%precedence NEGATIVE

%type <struct list> file_lines lines items body path dotted indexed index
%type <struct list> names keys strings bindings params
%type <struct list> names_comma words marks conditions args values listed pieces
%type <node_id> file_statement scope statement declaration member clause if
%type <node_id> head label text word lone_word name interp integer quoted
%type <node_id> in_name by_name from_name across_name in_string at_label
%type <node_id> for_head bind where rule_for param card card_opt
%type <node_id> type type_name range mark default condition
%type <node_id> expr of of_label postfix primary comprehension
%type <uint16_t> optional weakens
%type <uint8_t> label_kind
%%

/* --- statements --- */

file
: file_lines                        { g->first = $1.first; }
| file_lines file_statement         { g->first = statement(g, $1, $2).first; }
| file_lines broken                 { g->first = $1.first; yyerrok; }
;
file_lines
: %empty                            { $$ = NO_LIST; }
| file_lines SEP
| file_lines file_statement SEP     { $$ = statement(g, $1, $2); }
| file_lines broken SEP             { yyerrok; }
;
file_statement
: statement
| scope
;
scope
: for_head                          { $$ = flagged(g, $1, FLAG_SCOPE); }
| IF expr                           { $$ = AST(IF, @$, .flags = FLAG_SCOPE, .kid = { $2 }); }
;
body
: LBRACE items RBRACE               { $$ = $2; }
;
items
: lines
| lines statement                   { $$ = statement(g, $1, $2); }
| lines broken                      { yyerrok; }
;
lines
: %empty                            { $$ = NO_LIST; }
| lines SEP
| lines statement SEP               { $$ = statement(g, $1, $2); }
| lines broken SEP                  { yyerrok; }
;
/* A statement with a fault: given up, but for the faults in the blocks that it still has. */
broken
: error
| broken                            { yyerrok; }
  body
;
statement
: path ASSIGN expr
  { $$ = AST(FIELD, @$, .op = OP_ASSIGN, .kid = { $1.first, $3 }); }
| path ADD expr                     { $$ = AST(FIELD, @$, .op = OP_ADD, .kid = { $1.first, $3 }); }
| LET NAME ASSIGN expr              { $$ = AST(LET, @$, .a = $2, .kid = { $4 }); }
| head body                         { $$ = complete(g, $1, BLOCK_PLAIN, @$, 3, $2); }
| EXTEND head body                  { $$ = complete(g, $2, BLOCK_EXTEND, @$, 3, $3); }
| EXTEND QUESTION head body         { $$ = complete(g, $3, BLOCK_MAYBE, @$, 3, $4); }
| ASSUME head body                  { $$ = complete(g, $2, BLOCK_ASSUME, @$, 3, $3); }
| path label
  { $$ = AST(BLOCK, @$, .op = BLOCK_PLAIN, .flags = FLAG_BODILESS, .kid = { $1.first, $2 }); }
| for_head body                     { $$ = complete(g, $1, OP_NONE, @$, 2, $2); }
| if
| BECAUSE expr                      { $$ = AST(BECAUSE, @$, .kid = { $2 }); }
| declaration
| member
| clause
;
head
: path                              { $$ = AST(BLOCK, @$, .kid = { $1.first }); }
| path label                        { $$ = AST(BLOCK, @$, .kid = { $1.first, $2 }); }
| path OF postfix                   { $$ = AST(BLOCK, @$, .kid = { $1.first, 0, $3 }); }
| path label OF postfix             { $$ = AST(BLOCK, @$, .kid = { $1.first, $2, $4 }); }
;
label
: name
| text
| OF_STRING                         { $$ = AST(STRING, @$, .a = $1); }
;
path
: word                              { $$ = more(g, NO_LIST, $1); }
| interp                            { $$ = more(g, NO_LIST, $1); }
| dotted
;
dotted
: indexed
| path DOT word                     { $$ = more(g, $1, $3); }
| path DOT interp                   { $$ = more(g, $1, $3); }
;
/* Apart from `dotted`, since `name [` may also begin a member. */
indexed
: word index                        { $$ = join(g, more(g, NO_LIST, $1), $2); }
| dotted index                      { $$ = join(g, $1, $2); }
;
index
: LBRACKET INT RBRACKET
  { $$ = more(g, NO_LIST, AST(WORD, @$, .flags = FLAG_INDEX, .n = $2)); }
;
if
: IF expr body                      { $$ = AST(IF, @$, .kid = { $2, $3.first }); }
| IF expr body ELSE body
  { $$ = AST(IF, @$, .flags = FLAG_ELSE, .kid = { $2, $3.first, $5.first }); }
| IF expr body ELSE if
  { $$ = AST(IF, @$, .flags = FLAG_ELSE, .kid = { $2, $3.first, $5 }); }
;
for_head
: FOR bindings where                { $$ = AST(FOR, @$, .kid = { $2.first, $3 }); }
;
bindings
: bind                              { $$ = more(g, NO_LIST, $1); }
| bindings COMMA bind               { $$ = more(g, $1, $3); }
;
bind
: NAME IN expr                      { $$ = AST(BIND, @$, .a = $1, .kid = { $3 }); }
;
where
: %empty                            { $$ = 0; }
| WHERE expr                        { $$ = $2; }
;

/* --- declarations --- */

declaration
: EDITION INT                       { $$ = AST(EDITION, @$, .n = $2); }
| USE STRING                        { $$ = AST(USE, @$, .a = $2); }
| INCLUDE STRING                    { $$ = AST(INCLUDE, @$, .a = $2); }
| ASSUME STRING                     { $$ = AST(INCLUDE, @$, .op = BLOCK_ASSUME, .a = $2); }
| SITE NAME from_name body          { $$ = AST(SITE, @$, .a = $2, .kid = { $3, $4.first }); }
| PROFILE NAME from_name body       { $$ = AST(PROFILE, @$, .a = $2, .kid = { $3, $4.first }); }
| PARAM NAME COLON type marks default
  { $$ = AST(PARAM, @$, .a = $2, .kid = { $4, $5.first, $6 }); }
| ALLOW NAME BECAUSE quoted         { $$ = AST(ALLOW, @$, .a = $2, .kid = { $4 }); }
| TEST STRING from_name body        { $$ = AST(TEST, @$, .a = $2, .kid = { $3, $4.first }); }
| EXPECT expr                       { $$ = AST(EXPECT, @$, .kid = { $2 }); }
| PATCH word word body              { $$ = AST(PATCH, @$, .kid = { $2, $3, 0, $4.first }); }
| PATCH word word IN word body      { $$ = AST(PATCH, @$, .kid = { $2, $3, $5, $6.first }); }
| BLOCK NAME in_name card_opt weakens body
  { $$ = AST(DECL_BLOCK, @$, .a = $2, .flags = $5, .kid = { $3, $4, $6.first }); }
| EXTEND BLOCK NAME body            { $$ = AST(EXTEND_DECL, @$, .a = $3, .kid = { $4.first }); }
| RECORD NAME OF name by_name card_opt body
  { $$ = AST(RECORD, @$, .a = $2, .kid = { $4, $5, $6, $7.first }); }
| CONTRACT NAME OF name body        { $$ = AST(CONTRACT, @$, .a = $2, .kid = { $4, $5.first }); }
| CHOICE NAME in_name card_opt body { $$ = AST(CHOICE, @$, .a = $2, .kid = { $3, $4, $5.first }); }
| CASE NAME OF name weakens body
  { $$ = AST(CASE, @$, .a = $2, .flags = $5, .kid = { $4, $6.first }); }
| TYPE NAME ASSIGN type marks       { $$ = AST(TYPE, @$, .a = $2, .kid = { $4, $5.first }); }
| TABLE NAME by_name body           { $$ = AST(TABLE, @$, .a = $2, .kid = { $3, $4.first }); }
| ROW quoted body                   { $$ = AST(ROW, @$, .kid = { $2, $3.first }); }
| FN NAME LPAREN params RPAREN COLON type ASSIGN expr
  { $$ = AST(FN, @$, .a = $2, .kid = { $4.first, $7, $9 }); }
| KIND NAME body                    { $$ = AST(KIND, @$, .a = $2, .kid = { $3.first }); }
| VALUES NAME body                  { $$ = AST(VALUES, @$, .a = $2, .kid = { $3.first }); }
| label_kind STRING OF names COLON type marks in_string
  { $$ = AST(LABEL, @$, .op = $1, .a = $2, .kid = { $4.first, $6, $7.first, $8 }); }
| RULE name name quoted rule_for body
  { $$ = AST(RULE, @$, .kid = { $2, $3, $4, chain(g, $5, $6) }); }
;
in_name
: %empty                            { $$ = 0; }
| IN name                           { $$ = $2; }
;
by_name
: %empty                            { $$ = 0; }
| BY name                           { $$ = $2; }
;
from_name
: %empty                            { $$ = 0; }
| FROM name                         { $$ = $2; }
;
across_name
: %empty                            { $$ = 0; }
| ACROSS name                       { $$ = $2; }
;
in_string
: %empty                            { $$ = 0; }
| IN quoted                         { $$ = $2; }
;
label_kind
: LABEL                             { $$ = LABEL_LABEL; }
| ANNOTATION                        { $$ = LABEL_ANNOTATION; }
;
weakens
: %empty                            { $$ = 0; }
| WEAKENS                           { $$ = FLAG_WEAKENS; }
;
card_opt
: %empty                            { $$ = 0; }
| card
;
card
: ONCE                              { $$ = AST(CARD, @$, .flags = FLAG_ONCE); }
| integer DOTS                      { $$ = AST(CARD, @$, .kid = { $1 }); }
| integer DOTS integer              { $$ = AST(CARD, @$, .kid = { $1, $3 }); }
;
params
: param                             { $$ = more(g, NO_LIST, $1); }
| params COMMA param                { $$ = more(g, $1, $3); }
;
param
: NAME COLON type                   { $$ = AST(FN_PARAM, @$, .a = $1, .kid = { $3 }); }
;
/* A rule always has a FOR, so that its body has a place; without bindings it holds once. */
rule_for
: %empty                            { $$ = AST(FOR, @$); }
| for_head
;

/* --- members and types --- */

member
: word optional COLON type marks default conditions
  { $$ = AST(MEMBER, @$, .a = ATOM($1), .flags = $2, .kid = { $4, $5.first, $6, $7.first }); }
| word QUESTION body conditions
  { $$ = AST(MEMBER_STRUCT, @$, .a = ATOM($1), .flags = FLAG_OPTIONAL,
	.kid = { $3.first, $4.first }); }
| word LBRACKET keys RBRACKET card_opt body conditions
  { $$ = AST(MEMBER_LIST, @$, .a = ATOM($1), .kid = { $3.first, $5, $6.first, $7.first }); }
| word QUESTION LBRACKET keys RBRACKET card_opt body conditions
  { $$ = AST(MEMBER_LIST, @$, .a = ATOM($1), .flags = FLAG_OPTIONAL,
	.kid = { $4.first, $6, $7.first, $8.first }); }
| REFERS TO names BY names_comma across_name
  { $$ = AST(REFERS, @$, .kid = { $3.first, $5.first, $6 }); }
;
optional
: %empty                            { $$ = 0; }
| QUESTION                          { $$ = FLAG_OPTIONAL; }
;
keys
: %empty                            { $$ = NO_LIST; }
| names_comma
;
default
: %empty                            { $$ = 0; }
| ASSIGN expr                       { $$ = $2; }
;
conditions
: %empty                            { $$ = NO_LIST; }
| conditions condition              { $$ = more(g, $1, $2); }
;
condition
: REQUIRED WHEN expr                { $$ = AST(REQUIRED, @$, .kid = { $3 }); }
| ONLY WHEN expr BECAUSE quoted     { $$ = AST(ONLY, @$, .kid = { $3, $5 }); }
;
type
: type_name
| NAME OF name                      { $$ = AST(TYPE_OF, @$, .a = $1, .kid = { $3 }); }
| lone_word                         { $$ = AST(TYPE_WORDS, @$, .kid = { $1 }); }
| words                             { $$ = AST(TYPE_WORDS, @$, .kid = { $1.first }); }
| REF names                         { $$ = AST(TYPE_REF, @$, .kid = { $2.first }); }
| OBJECT name                       { $$ = AST(TYPE_OBJECT, @$, .kid = { $2 }); }
| LIST OF type                      { $$ = AST(TYPE_LIST, @$, .kid = { $3 }); }
| SET OF type                       { $$ = AST(TYPE_SET, @$, .kid = { $3 }); }
| MAP OF type                       { $$ = AST(TYPE_MAP, @$, .kid = { $3 }); }
| MAP type_name OF type             { $$ = AST(TYPE_MAP, @$, .kid = { $4, $2 }); }
| body                              { $$ = AST(TYPE_STRUCT, @$, .kid = { $1.first }); }
;
type_name
: NAME                              { $$ = AST(TYPE_NAME, @$, .a = $1); }
;
lone_word
: STRING                            { $$ = AST(WORD, @$, .a = $1, .flags = FLAG_QUOTED); }
;
words
: word BAR word                     { $$ = more(g, more(g, NO_LIST, $1), $3); }
| words BAR word                    { $$ = more(g, $1, $3); }
;
marks
: %empty                            { $$ = NO_LIST; }
| range                             { $$ = more(g, NO_LIST, $1); }
| marks mark                        { $$ = more(g, $1, $2); }
;
range
: integer DOTS                      { $$ = AST(RANGE, @$, .kid = { $1 }); }
| integer DOTS integer              { $$ = AST(RANGE, @$, .kid = { $1, $3 }); }
;
mark
: MAX INT                           { $$ = AST(MAX, @$, .n = $2); }
| MATCHING STRING                   { $$ = AST(MATCHING, @$, .a = $2); }
| STRING                            { $$ = AST(SHAPE, @$, .a = $1); }
| IS NAME                           { $$ = AST(IS_MARK, @$, .a = $2); }
;
/* --- clauses of rules --- */

clause
: MUST expr                         { $$ = AST(MUST, @$, .kid = { $2 }); }
| AT expr at_label                  { $$ = AST(AT, @$, .kid = { $2, $3 }); }
| SAYS expr                         { $$ = AST(SAYS, @$, .kid = { $2 }); }
| HELP expr                         { $$ = AST(HELP, @$, .kid = { $2 }); }
| SHOWS expr                        { $$ = AST(SHOWS, @$, .kid = { $2 }); }
| SEE strings                       { $$ = AST(SEE, @$, .kid = { $2.first }); }
| FIX path ASSIGN expr              { $$ = AST(FIX, @$, .kid = { $2.first, $4 }); }
| FAILS FROM name body              { $$ = AST(FAILS, @$, .kid = { $3, $4.first }); }
| PASSES FROM name body             { $$ = AST(PASSES, @$, .kid = { $3, $4.first }); }
;
at_label
: %empty                            { $$ = 0; }
| text
;
strings
: quoted                            { $$ = more(g, NO_LIST, $1); }
| strings COMMA quoted              { $$ = more(g, $1, $3); }
;

/* --- words --- */

name
: NAME                              { $$ = AST(WORD, @$, .a = $1); }
;
word
: name
| STRING                            { $$ = AST(WORD, @$, .a = $1, .flags = FLAG_QUOTED); }
;
names
: name                              { $$ = more(g, NO_LIST, $1); }
| names BAR name                    { $$ = more(g, $1, $3); }
;
names_comma
: name                              { $$ = more(g, NO_LIST, $1); }
| names_comma COMMA name            { $$ = more(g, $1, $3); }
;
quoted
: STRING                            { $$ = AST(STRING, @$, .a = $1); }
;
text
: quoted
| interp
;
interp
: pieces TAIL
  { $$ = AST(INTERP, @$, .kid = { more(g, $1, piece(g, @2, $2)).first }); }
;
pieces
: HEAD expr                         { $$ = more(g, more(g, NO_LIST, piece(g, @1, $1)), $2); }
| pieces MIDDLE expr                { $$ = more(g, more(g, $1, piece(g, @2, $2)), $3); }
;
integer
: INT                               { $$ = AST(INT, @$, .n = $1); }
;

/* --- expressions --- */

expr
: expr OR expr                      { $$ = AST(BINARY, @$, .op = OP_OR, .kid = { $1, $3 }); }
| expr AND expr                     { $$ = AST(BINARY, @$, .op = OP_AND, .kid = { $1, $3 }); }
| expr EQ expr                      { $$ = AST(BINARY, @$, .op = OP_EQ, .kid = { $1, $3 }); }
| expr NE expr                      { $$ = AST(BINARY, @$, .op = OP_NE, .kid = { $1, $3 }); }
| expr LT expr                      { $$ = AST(BINARY, @$, .op = OP_LT, .kid = { $1, $3 }); }
| expr LE expr                      { $$ = AST(BINARY, @$, .op = OP_LE, .kid = { $1, $3 }); }
| expr GT expr                      { $$ = AST(BINARY, @$, .op = OP_GT, .kid = { $1, $3 }); }
| expr GE expr                      { $$ = AST(BINARY, @$, .op = OP_GE, .kid = { $1, $3 }); }
| expr IN expr                      { $$ = AST(BINARY, @$, .op = OP_IN, .kid = { $1, $3 }); }
| expr IS expr                      { $$ = AST(BINARY, @$, .op = OP_IS, .kid = { $1, $3 }); }
| expr PLUS expr                    { $$ = AST(BINARY, @$, .op = OP_PLUS, .kid = { $1, $3 }); }
| expr MINUS expr                   { $$ = AST(BINARY, @$, .op = OP_MINUS, .kid = { $1, $3 }); }
| expr TIMES expr                   { $$ = AST(BINARY, @$, .op = OP_TIMES, .kid = { $1, $3 }); }
| expr OVER expr                    { $$ = AST(BINARY, @$, .op = OP_OVER, .kid = { $1, $3 }); }
| NOT expr                          { $$ = AST(NOT, @$, .kid = { $2 }); }
| MINUS expr %prec NEGATIVE         { $$ = AST(NEGATE, @$, .kid = { $2 }); }
| IF expr THEN expr ELSE expr       { $$ = AST(COND, @$, .kid = { $2, $4, $6 }); }
| of
| postfix
;
of
: NAME OF postfix                   { $$ = AST(OF, @$, .a = $1, .kid = { $3 }); }
| NAME of_label OF postfix          { $$ = AST(OF, @$, .a = $1, .kid = { $4, $2 }); }
;
of_label
: name
| OF_STRING                         { $$ = AST(WORD, @$, .a = $1, .flags = FLAG_QUOTED); }
;
postfix
: primary
| postfix DOT NAME
  { $$ = AST(DOT, @$, .a = $3, .n = @3.start, .kid = { $1 }); }
| postfix DOT STRING
  { $$ = AST(DOT, @$, .a = $3, .n = @3.start, .flags = FLAG_QUOTED, .kid = { $1 }); }
| postfix QUESTION                  { $$ = AST(TEST_PRESENT, @$, .kid = { $1 }); }
| postfix LBRACKET expr RBRACKET    { $$ = AST(INDEX, @$, .kid = { $1, $3 }); }
;
primary
: NAME                              { $$ = AST(NAME, @$, .a = $1); }
| NAME LPAREN args RPAREN
  { $$ = AST(CALL, @$, .kid = { AST(NAME, @1, .a = $1), $3.first }); }
| text
| integer
| UNIT                              { $$ = AST(UNIT, @$, .a = $1); }
| TRUE                              { $$ = AST(TRUE, @$); }
| FALSE                             { $$ = AST(FALSE, @$); }
| ABSENT                            { $$ = AST(ABSENT, @$); }
| LPAREN expr RPAREN                { $$ = $2; }
| LBRACKET values RBRACKET          { $$ = AST(LIST, @$, .kid = { $2.first }); }
| LBRACKET comprehension RBRACKET   { $$ = AST(COMP_LIST, @$, .kid = { $2 }); }
| body                              { $$ = AST(STRUCT, @$, .kid = { $1.first }); }
;
args
: values
| comprehension                     { $$ = more(g, NO_LIST, $1); }
;
values
: %empty                            { $$ = NO_LIST; }
| listed
| listed COMMA
;
listed
: expr                              { $$ = more(g, NO_LIST, $1); }
| listed COMMA expr                 { $$ = more(g, $1, $3); }
;
comprehension
: expr for_head                     { $$ = AST(COMP, @$, .kid = { $1, $2 }); }
;
%%
static struct span
after(struct span s)
{
	return (struct span){ s.file, s.end, s.end };
}

static int
egm_lex(union EGM_STYPE *value, struct span *span, struct grammar *g)
{
	int kind = grammar_next(g, span);
	const struct token *t = token_at(g, g->here);

	if (kind == TOK_INT)
		value->TOK_INT = grammar_number(g, t);
	else
		value->TOK_NAME = t->a;
	return kind;
}

/* The parser itself only complains about memory, that is, its stack. */
static void
egm_error(const struct span *span, struct grammar *g, const char *message)
{
	(void)message;
	grammar_fault(g, EGM0010, span->start, span->end, "name parts of it with `let`",
		"this goes on too deep");
}

static int
yyreport_syntax_error(const yypcontext_t *context, struct grammar *g)
{
	yysymbol_kind_t expected[YYNTOKENS];
	int tokens[YYNTOKENS];
	int count = yypcontext_expected_tokens(context, expected, YYNTOKENS);

	for (int i = 0; i < count; i++)
		tokens[i] = (int)expected[i];
	grammar_unexpected(g, tokens, count);
	grammar_recover(g);
	return 0;
}

const char *
grammar_token_name(int kind)
{
	return yysymbol_name((yysymbol_kind_t)kind);
}

static struct list
more(struct grammar *g, struct list list, node_id n)
{
	if (!n)
		return list;
	if (!list.first)
		return (struct list){ n, n };
	ast_node(g->in.ast, list.last)->next = n;
	list.last = n;
	return list;
}

static struct list
join(struct grammar *g, struct list list, struct list behind)
{
	ast_node(g->in.ast, list.last)->next = behind.first;
	list.last = behind.last;
	return list;
}

static struct list
statement(struct grammar *g, struct list list, node_id n)
{
	struct node *s = ast_node(g->in.ast, n);

	s->doc = grammar_doc(g, s->span.start);
	return more(g, list, n);
}

/* A head that was made a node before its body was read. */
static node_id
complete(struct grammar *g, node_id n, enum op op, struct span span, unsigned slot,
	struct list body)
{
	struct node *s = ast_node(g->in.ast, n);

	s->op = (uint8_t)op;
	s->span = span;
	s->kid[slot] = body.first;
	return n;
}

static node_id
flagged(struct grammar *g, node_id n, unsigned flags)
{
	ast_node(g->in.ast, n)->flags |= (uint16_t)flags;
	return n;
}

/* Text between expressions; the place leaves out quotes and the marks of expressions. */
static node_id
piece(struct grammar *g, struct span span, atom a)
{
	if (!atom_len(g->in.atoms, a))
		return 0;
	span.start++;
	span.end -= g->bytes[span.end - 1] == '{' ? 2 : 1;
	return AST(STRING, span, .a = a);
}

static node_id
chain(struct grammar *g, node_id head, struct list behind)
{
	ast_node(g->in.ast, head)->next = behind.first;
	return head;
}

void
grammar_build(struct grammar *g)
{
	egm_parse(g);
}
