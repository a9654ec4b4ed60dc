/** Markdown with what is hard to cut: lists that go on, fences, tables, quotes, HTML, definitions. */
export const DOCUMENT = `# Title

A paragraph with *emphasis*, **strong**, \`code\` and a [link](https://example.com).
Its second line
===

1. One

2. Two
   goes on

   - inner
   - list

     with a paragraph
3. Three

- a

-b
- c

* * *

1986. A great year

2 apples

> quoted
lazy
> more

> another

    indented

    code

\`\`\`python
def f():

	return "**no**"
\`\`\`

~~~
never [closed](x
~~~

| a | b |
|---|:-:|
| 1 | 2 |
| 3 | 4 |

Text | that
--- is not a table

<details>
<summary>More</summary>

Inside *the* block.

</details>

<!-- a comment

with a blank line -->

Formula $a_1 + b_1$, $$c_2$$ and

$$
x_1 = \\frac{1}{2}

+ 1
$$

\\[
y_2
\\]

See [the page][1], [^1] and ![picture](https://example.com/a.png).

[1]: https://example.com/1 "One"

- [ ] to do
- [x] done

Line  \nbreak, ~~gone~~, https://example.com/auto, a_b_c, 5 * 3 * 2

#Not a title

## Last

***bold italic* text**
`;
