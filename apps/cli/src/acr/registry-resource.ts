import type { Context } from '../command.ts';
import { getRegistry, type RegistryResource, registryId } from '../site/registries.ts';
import { REGISTRY_API, Session } from '../site/session.ts';

interface Named {
  readonly name: string;
  readonly group: string | undefined;
}

/** One registry at the resource manager. */
export class RegistryAtSite {
  readonly session: Session;
  readonly id: string;

  constructor(session: Session, id: string) {
    this.session = session;
    this.id = id;
  }

  static async open(context: Context, { name, group }: Named): Promise<RegistryAtSite> {
    const session = await Session.open(context);
    return new RegistryAtSite(session, await registryId(session, name, group, context.subscription));
  }

  get(): Promise<RegistryResource> {
    return getRegistry(this.session, this.id);
  }

  /** A call at the registry, or at what is below it when the path says so. */
  call<T>(method: string, below = '', body?: unknown): Promise<T> {
    return this.session.arm<T>(method, `${this.id}${below}`, {
      api: REGISTRY_API,
      ...(body === undefined ? {} : { body }),
    });
  }
}
