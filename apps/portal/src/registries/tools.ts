/** What to paste for each tool: whole lines that run as they are, without a secret and without a prompt. */
export function commandsFor(server: string): readonly { readonly tool: string; readonly lines: readonly string[] }[] {
  return [
    {
      tool: 'Docker',
      lines: [`docker login ${server}`, `docker tag app:1 ${server}/app:1`, `docker push ${server}/app:1`],
    },
    {
      tool: 'Podman',
      lines: [`podman login ${server}`, `podman tag app:1 ${server}/app:1`, `podman push ${server}/app:1`],
    },
    {
      tool: 'containerd',
      lines: [`nerdctl login ${server}`, `nerdctl tag app:1 ${server}/app:1`, `nerdctl push ${server}/app:1`],
    },
    {
      tool: 'Helm',
      lines: [`helm registry login ${server}`, `helm push chart-1.0.0.tgz oci://${server}/charts`],
    },
    { tool: 'ORAS', lines: [`oras login ${server}`, `oras push ${server}/files:1 file.txt`] },
    {
      tool: 'Kubernetes',
      lines: [
        `kubectl create secret docker-registry registry-sign-in --docker-server=${server} --docker-username="$NAME" --docker-password="$PASSWORD"`,
        `kubectl patch serviceaccount default -p '{"imagePullSecrets":[{"name":"registry-sign-in"}]}'`,
      ],
    },
  ];
}
