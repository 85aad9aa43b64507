import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

/** A line that the server can write to its log, as its source has it. What differs each time is a `…`. */
export interface LogLine {
  readonly text: string;
  readonly level: string;
  readonly fields: readonly string[];
}

function everyNode(node: ts.Node): ts.Node[] {
  const found = [node];
  ts.forEachChild(node, (child) => void found.push(...everyNode(child)));
  return found;
}

/** A name stands for what the file gives to constants and properties of that name. */
function valuesOf(value: ts.Expression, file: readonly ts.Node[]): ts.Expression[] {
  if (!ts.isIdentifier(value)) return [value];
  return file.flatMap((node) => {
    const isMeant = ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node);
    return isMeant && node.initializer && node.name.getText() === value.text ? [node.initializer] : [];
  });
}

function textOf(value: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(value)) return value.text;
  if (!ts.isTemplateExpression(value)) return undefined;
  return value.head.text + value.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
}

function fieldsOf(value: ts.Expression): string[] | undefined {
  if (!ts.isObjectLiteralExpression(value)) return undefined;
  return value.properties.map((property) => property.name?.getText() ?? property.getText());
}

function linesOfCall(call: ts.CallExpression, file: readonly ts.Node[]): LogLine[] {
  if (!ts.isPropertyAccessExpression(call.expression)) return [];
  const { expression: log, name } = call.expression;
  if (!/(^|\.)log$/.test(log.getText()) || !/^(info|warn|error|request)$/.test(name.text)) return [];
  const isRequest = name.text === 'request';
  const [note, text] = call.arguments;
  const fields = note && valuesOf(note, file).map(fieldsOf).find(Boolean);
  const texts = isRequest ? ['request'] : text ? valuesOf(text, file).map(textOf) : [];
  return texts.map((found) => {
    if (fields === undefined || found === undefined) throw new Error(`unread: ${call.getText()}`);
    return { text: found, level: isRequest ? 'debug' : name.text, fields };
  });
}

/** Every call of the log in the sources. Throws at one whose text or fields cannot be read off. */
export function logLines(): LogLine[] {
  const names = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return names.flatMap((name) => {
    const text = readFileSync(SRC + name, 'utf8');
    if (!/\blog\s*\./.test(text)) return [];
    const nodes = everyNode(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true));
    return nodes.filter(ts.isCallExpression).flatMap((call) => linesOfCall(call, nodes));
  });
}
