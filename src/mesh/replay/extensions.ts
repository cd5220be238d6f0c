import type { Json } from '../sidecar-plan.ts';
import { at, mapDeep, text } from './json.ts';

/** What an Envoy said that it does not have: by the name or the type of an extension. */
export interface UnknownExtension {
  readonly name: string | undefined;
  readonly type: string | undefined;
}

/** The extension that a message of `envoy --mode validate` is about; undefined where it is about something else. */
export function unknownExtension(message: string): UnknownExtension | undefined {
  const registered = /registered implementation for (?:name: )?'([^']+)'(?: with type URL: '([^']*)')?/u.exec(message);
  if (registered !== null) return { name: registered[1], type: text(registered[2]) };
  const type =
    /could not find @type '(?:[^']*\/)?([^']+)'/u.exec(message)?.[1] ??
    /no factory found for a required type URL (?:\S*\/)?(\S+?)\.?$/mu.exec(message)?.[1];
  return type === undefined ? undefined : { name: undefined, type };
}

/** A configuration less an extension, and how it was called there: by its name, else its type. */
export function withoutExtension(
  config: Json,
  { name, type }: UnknownExtension,
): { readonly config: Json; readonly names: readonly string[] } {
  const names = new Set<string>();
  const left = mapDeep(config, (json) => {
    const own = typesOf(json);
    const isMeant = type === undefined ? own.length > 0 && json['name'] === name : own.includes(type);
    if (!isMeant) return json;
    names.add(text(json['name']) ?? name ?? type ?? '');
    return undefined;
  });
  return { config: left ?? {}, names: [...names] };
}

/** The types of an extension: its own, or that of what is in it; a typed struct stands for the type that it names. */
function typesOf(json: Json): readonly string[] {
  const inner = json['typed_config'];
  return [json['@type'], json['type_url'], at(inner, '@type'), at(inner, 'type_url')].flatMap((url) => {
    const type = text(url)?.split('/').at(-1);
    return type === undefined ? [] : [type];
  });
}
